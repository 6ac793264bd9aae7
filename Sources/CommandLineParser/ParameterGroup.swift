/// A group of parameters.
package class ParameterGroup: Declaration {
    let title: String

    init(title: String) { self.title = title }

    var members: any ParsableArguments { preconditionFailure("a group has members") }
}

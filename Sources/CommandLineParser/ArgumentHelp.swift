/// The description of a parameter, and the name of its value in the help.
package struct ArgumentHelp: ExpressibleByStringLiteral, Sendable {
    let text: String
    let valueName: String?

    /// - Parameter valueName: without it, the name of the property.
    package init(_ text: String, valueName: String? = nil) {
        self.text = text
        self.valueName = valueName
    }

    package init(stringLiteral text: String) { self.init(text) }
}

/// Parameters that are declared elsewhere, because several commands have them.
@propertyWrapper
package final class OptionGroup<Group: ParsableArguments>: ParameterGroup {
    package let wrappedValue = Group()

    /// - Parameter title: that of their section in the help.
    package override init(title: String = "") { super.init(title: title) }

    override var members: any ParsableArguments { self.wrappedValue }
}

/// A name without a value, which turns something on.
@propertyWrapper
package final class Flag: Parameter {
    package private(set) var wrappedValue: Bool

    package init(wrappedValue: Bool, name: NameSpecification = .long, help: ArgumentHelp) {
        self.wrappedValue = wrappedValue
        super.init(.flag, name, help)
    }

    func set() { self.wrappedValue = true }
}

/// A parameter with a value.
package class ValueParameter<Value>: Parameter {
    private var storage: ValueStorage<Value>

    init(_ storage: ValueStorage<Value>, _ kind: Kind, _ naming: NameSpecification, _ help: ArgumentHelp) {
        self.storage = storage
        super.init(kind, naming, help)
    }

    /// The value, which the parser has stored.
    final var value: Value {
        guard let value = self.storage.value else { preconditionFailure("\(self.property) was read before parsing") }
        return value
    }

    override final func read(_ text: String) throws { try self.storage.read(text) }

    override final var isMissing: Bool { self.storage.value == nil }
    override final var isRequired: Bool { self.storage.isRequired }
    override final var isRepeated: Bool { self.storage.isRepeated }
    override final var choices: [String] { self.storage.choices }
    override final var defaultText: String? { self.storage.defaultText }
}

/// The place of a list of arguments.
package enum ArgumentPlace: Sendable {
    /// All words that are neither options nor their values.
    case remaining
    /// The words after `--`. Without such a list, they are arguments like the others, even if they begin with `-`.
    case postTerminator
}

/// A value without a name, or a list of them.
@propertyWrapper
package final class Argument<Value>: ValueParameter<Value> {
    private init(_ storage: ValueStorage<Value>, _ kind: Parameter.Kind, _ help: ArgumentHelp) {
        super.init(storage, kind, .none, help)
    }

    package var wrappedValue: Value { self.value }
}

extension Argument where Value: ExpressibleByArgument {
    /// An argument that is necessary.
    package convenience init(help: ArgumentHelp) {
        self.init(.single(.expressible, default: nil), .argument, help)
    }

    /// An argument with a default.
    package convenience init(wrappedValue: Value, help: ArgumentHelp) {
        self.init(.single(.expressible, default: wrappedValue), .argument, help)
    }
}

extension Argument {
    /// An argument that is nil unless it is given.
    package convenience init<Element: ExpressibleByArgument>(help: ArgumentHelp) where Value == Element? {
        self.init(.optional(.expressible), .argument, help)
    }

    /// A list of one or more.
    package convenience init<Element: ExpressibleByArgument>(help: ArgumentHelp) where Value == [Element] {
        self.init(.list(.expressible, adding: nil), .argument, help)
    }

    /// A list of any number.
    package convenience init<Element: ExpressibleByArgument>(
        wrappedValue: [Element], parsing: ArgumentPlace = .remaining, help: ArgumentHelp
    ) where Value == [Element] {
        self.init(.list(.expressible, adding: wrappedValue), parsing == .postTerminator ? .trailing : .argument, help)
    }
}

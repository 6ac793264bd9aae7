/// How the value of an option is found if it is a word of its own.
package enum ValueParsing: Sendable {
    /// The next word, unless it begins with `-`: it is more likely an option, and the value was forgotten.
    case next
    /// The next word in any case.
    case unconditional
}

/// A name with a value: `--vus 3`, `--vus=3`, `-u 3` or `-u3`.
@propertyWrapper
package final class Option<Value>: ValueParameter<Value> {
    private let parsing: ValueParsing

    private init(
        _ storage: ValueStorage<Value>, _ naming: NameSpecification, _ parsing: ValueParsing, _ help: ArgumentHelp
    ) {
        self.parsing = parsing
        super.init(storage, .option, naming, help)
    }

    package var wrappedValue: Value { self.value }

    override var takesDashes: Bool { self.parsing == .unconditional }
}

extension Option where Value: ExpressibleByArgument {
    /// An option with a default.
    package convenience init(
        wrappedValue: Value, name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp
    ) {
        self.init(.single(.expressible, default: wrappedValue), name, parsing, help)
    }
}

extension Option {
    /// An option that is nil unless it is given.
    package convenience init<Element: ExpressibleByArgument>(
        name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp
    ) where Value == Element? {
        self.init(.optional(.expressible), name, parsing, help)
    }

    /// An option that may be repeated.
    package convenience init<Element: ExpressibleByArgument>(
        wrappedValue: [Element], name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp
    ) where Value == [Element] {
        self.init(.list(.expressible, adding: wrappedValue), name, parsing, help)
    }
}

extension Option {
    /// An option with a default, whose text `transform` reads.
    package convenience init(
        wrappedValue: Value, name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp,
        transform: @escaping (String) throws -> Value
    ) {
        self.init(.single(.transform(transform), default: wrappedValue), name, parsing, help)
    }

    /// An option that is nil unless it is given, whose text `transform` reads.
    package convenience init<Element>(
        name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp,
        transform: @escaping (String) throws -> Element
    ) where Value == Element? {
        self.init(.optional(.transform(transform)), name, parsing, help)
    }

    /// An option that may be repeated, whose texts `transform` reads.
    package convenience init<Element>(
        wrappedValue: [Element], name: NameSpecification = .long, parsing: ValueParsing = .next, help: ArgumentHelp,
        transform: @escaping (String) throws -> Element
    ) where Value == [Element] {
        self.init(.list(.transform(transform), adding: wrappedValue), name, parsing, help)
    }
}

/// The value of an option or an argument while the command line is read.
struct ValueStorage<Value> {
    private(set) var value: Value?
    let isRequired: Bool
    let isRepeated: Bool
    let choices: [String]
    let defaultText: String?
    private let store: (String, inout Value?) throws -> Void

    mutating func read(_ text: String) throws { try self.store(text, &self.value) }

    /// One value. Of several the last one counts.
    static func single(_ reader: TextReader<Value>, default initial: Value?) -> Self {
        Self(
            value: initial, isRequired: initial == nil, isRepeated: false, choices: reader.choices,
            defaultText: initial.flatMap { reader.isDescribed ? "\($0)" : nil },
            store: { text, value in value = try reader.read(text) })
    }

    /// Nil unless it is given.
    static func optional<Element>(_ reader: TextReader<Element>) -> Self where Value == Element? {
        Self(
            value: .some(nil), isRequired: false, isRepeated: false, choices: reader.choices, defaultText: nil,
            store: { text, value in value = .some(try reader.read(text)) })
    }

    /// Any number of values, which are added to `initial`, or at least one.
    static func list<Element>(_ reader: TextReader<Element>, adding initial: [Element]?) -> Self
    where Value == [Element] {
        Self(
            value: initial, isRequired: initial == nil, isRepeated: true, choices: reader.choices, defaultText: nil,
            store: { text, value in value = (value ?? []) + [try reader.read(text)] })
    }
}

/// Makes a value of a text.
struct TextReader<Element> {
    let read: (String) throws -> Element
    let choices: [String]
    /// Whether the value as a text is what a user would write.
    let isDescribed: Bool

    static func transform(_ read: @escaping (String) throws -> Element) -> Self {
        Self(read: read, choices: [], isDescribed: false)
    }
}

extension TextReader where Element: ExpressibleByArgument {
    static var expressible: Self {
        Self(
            read: { text in
                guard let value = Element(argument: text) else {
                    throw ValidationError("it must be \(Element.expectation)")
                }
                return value
            }, choices: Element.choices, isDescribed: true)
    }
}

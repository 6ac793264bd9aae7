/// A type whose values can be read from a command line.
package protocol ExpressibleByArgument {
    /// Nil if the text is not a valid value.
    init?(argument: String)

    /// The description of valid values for messages, such as "a whole number"; empty if all are valid.
    static var expectation: String { get }

    /// All valid values, if they are few.
    static var choices: [String] { get }
}

extension ExpressibleByArgument {
    package static var expectation: String { "" }
    package static var choices: [String] { [] }
}

extension ExpressibleByArgument where Self: LosslessStringConvertible {
    package init?(argument: String) { self.init(argument) }
}

extension ExpressibleByArgument where Self: RawRepresentable & CaseIterable, RawValue == String {
    package init?(argument: String) { self.init(rawValue: argument) }
    package static var choices: [String] { self.allCases.map(\.rawValue) }

    package static var expectation: String {
        let quoted = self.choices.map { "'\($0)'" }
        guard quoted.count > 1 else { return quoted.joined() }
        return "\(quoted.dropLast().joined(separator: ", ")) or \(quoted[quoted.count - 1])"
    }
}

extension String: ExpressibleByArgument {}
extension Int: ExpressibleByArgument { package static var expectation: String { "a whole number" } }
extension UInt64: ExpressibleByArgument {
    package static var expectation: String { "a whole number from 0 to \(UInt64.max)" }
}
extension Double: ExpressibleByArgument { package static var expectation: String { "a number" } }

/// An option, a flag or an argument of a command. The parser stores its value here.
package class Parameter: Declaration {
    enum Kind: Sendable {
        case flag
        /// A name with a value after it.
        case option
        /// A value without a name. The values of `trailing` follow `--`.
        case argument, trailing
    }

    let kind: Kind
    let help: ArgumentHelp
    private let naming: NameSpecification
    /// The property that was declared; known when the declaration is found.
    var property = ""

    init(_ kind: Kind, _ naming: NameSpecification, _ help: ArgumentHelp) {
        self.kind = kind
        self.naming = naming
        self.help = help
    }

    /// Stores the value, or one more value.
    ///
    /// - Throws: any error for a text that is not a valid value.
    func read(_ text: String) throws {}

    /// Whether a value may begin with `-`.
    var takesDashes: Bool { false }
    /// Whether a value is missing that has no default.
    var isMissing: Bool { false }
    var isRequired: Bool { false }
    var isRepeated: Bool { false }
    /// All valid values, if they are few.
    var choices: [String] { [] }
    var defaultText: String? { nil }

    /// As users write them, with their dashes.
    var names: [String] { self.naming.names(of: self.property) }

    private var placeholder: String { "<\(self.help.valueName ?? kebabCase(self.property))>" }

    /// As help and messages show it: `--vus <vus>` or `<script>`.
    ///
    /// - Parameter name: the name that was used.
    func title(_ name: String? = nil) -> String {
        let name = name ?? self.names.joined(separator: ", ")
        return switch self.kind {
        case .flag: name
        case .option: "\(name) \(self.placeholder)"
        case .argument, .trailing: self.placeholder
        }
    }

    /// As the usage shows it.
    var usage: String {
        switch self.kind {
        case .flag, .option:
            let title = self.title(self.names.last) + (self.isRepeated ? " ..." : "")
            return self.isRequired ? title : "[\(title)]"
        case .argument:
            let title = self.placeholder + (self.isRepeated ? " ..." : "")
            return self.isRequired ? title : "[\(title)]"
        case .trailing: return "[-- \(self.placeholder) ...]"
        }
    }

    /// The description, with the values that are valid and the default.
    var description: String {
        var text = self.help.text
        if !self.choices.isEmpty { text += " (values: \(self.choices.joined(separator: ", ")))" }
        if let defaultText { text += " (default: \(defaultText))" }
        return text
    }
}

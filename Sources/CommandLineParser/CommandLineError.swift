import JSONText

/// Words of the command line that cannot be read.
struct CommandLineError: Error {
    let message: String
    /// The description of the option or argument that the message is about.
    var description: String?

    init(_ message: String) { self.message = message }

    private init(_ message: String, about parameter: Parameter, _ name: String?) {
        self.message = message
        self.description = "\(parameter.title(name))  \(parameter.description)"
    }

    static func missingValue(_ parameter: Parameter, _ name: String) -> Self {
        Self("Missing value for '\(parameter.title(name))'", about: parameter, name)
    }

    static func missing(_ parameter: Parameter) -> Self {
        let title = parameter.title() + (parameter.isRepeated ? " ..." : "")
        return Self("Missing expected argument '\(title)'", about: parameter, nil)
    }

    static func invalid(_ value: String, _ parameter: Parameter, _ name: String?, _ reason: String) -> Self {
        Self(
            "The value '\(shown(value))' is invalid for '\(parameter.title(name))': \(reason)", about: parameter, name)
    }

    static func unexpected(_ words: [String]) -> Self {
        let first = words.prefix(3).map { "'\(shown($0))'" }.joined(separator: ", ")
        if words.count == 1 { return Self("Unexpected argument \(first)") }
        return Self("\(words.count) unexpected arguments: \(first)\(words.count > 3 ? " ..." : "")")
    }

    /// A word of the command line, which may be long and contain anything.
    static func shown(_ word: String) -> String {
        let start = word.unicodeScalars.prefix(200)
        return VisibleText.line(String(start)) + (start.endIndex == word.endIndex ? "" : "...")
    }
}

import JSONText

/// Reads the words of a command line into parameters, from left to right.
struct ArgumentReader {
    /// The end of a command line before its last word.
    enum Request { case help, version }

    private let list: ParameterList
    private let named: [String: Parameter]
    /// The arguments that have not got a value yet; a list of arguments remains to the end.
    private var arguments: [Parameter]
    private let trailing: Parameter?
    private let configuration: CommandConfiguration
    private var unexpected: [String] = []
    private var rest: ArraySlice<String>

    init(_ list: ParameterList, words: ArraySlice<String>, of configuration: CommandConfiguration) {
        self.list = list
        self.named = Dictionary(
            list.parameters.flatMap { parameter in parameter.names.map { ($0, parameter) } }, uniquingKeysWith: { $1 })
        self.arguments = list.parameters.filter { $0.kind == .argument }
        self.trailing = list.parameters.first { $0.kind == .trailing }
        self.configuration = configuration
        self.rest = words
    }

    /// - Returns: a request of the user, who does not want the command to run; else nil.
    mutating func read() throws(CommandLineError) -> Request? {
        do throws(CommandLineError) {
            return try self.readWords()
        } catch {
            // `--help` is often added to a command line that has just failed.
            guard self.rest.prefix(while: { $0 != "--" }).contains(where: self.list.help.names.contains) else {
                throw error
            }
            return .help
        }
    }

    private mutating func readWords() throws(CommandLineError) -> Request? {
        while let word = self.rest.popFirst() {
            if word == "--" { break }
            if word == "-" || word.utf8.first != UInt8(ascii: "-") {
                try self.readArgument(word)
            } else if let request = try word.hasPrefix("--") ? self.readLong(word) : self.readShort(word) {
                return request
            }
        }
        for word in self.rest {
            if let trailing { try self.store(word, trailing, nil) } else { try self.readArgument(word) }
        }
        if !self.unexpected.isEmpty { throw .unexpected(self.unexpected) }
        if let missing = self.list.parameters.first(where: \.isMissing) { throw .missing(missing) }
        return nil
    }

    private mutating func readArgument(_ word: String) throws(CommandLineError) {
        guard let parameter = self.arguments.first else { return self.unexpected.append(word) }
        if !parameter.isRepeated { self.arguments.removeFirst() }
        try self.store(word, parameter, nil)
    }

    /// `--name`, `--name value` or `--name=value`.
    private mutating func readLong(_ word: String) throws(CommandLineError) -> Request? {
        let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
        let name = String(word[..<(equals ?? word.endIndex)])
        let value = equals.map { String(word[word.utf8.index(after: $0)...]) }
        guard let parameter = self.named[name] else { throw self.unknown(name) }
        guard let flag = parameter as? Flag else {
            try self.readValue(value, parameter, name)
            return nil
        }
        if let value { throw Self.valueOfFlag(name, value) }
        return self.set(flag)
    }

    /// `-a`, several flags as `-ab`, and a value after its letter, as in `-u3` or `-u=3`.
    private mutating func readShort(_ word: String) throws(CommandLineError) -> Request? {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let name = "-\(letter)"
            guard let parameter = self.named[name] else { throw self.unknown(letters.isEmpty ? name : word) }
            let value = letters.first == "=" ? letters.dropFirst() : letters
            guard let flag = parameter as? Flag else {
                try self.readValue(letters.isEmpty ? nil : String(value), parameter, name)
                return nil
            }
            if letters.first == "=" { throw Self.valueOfFlag(name, String(value)) }
            if let request = self.set(flag) { return request }
        }
        return nil
    }

    private func set(_ flag: Flag) -> Request? {
        flag.set()
        return flag === self.list.help ? .help : flag === self.list.version ? .version : nil
    }

    private mutating func readValue(
        _ joined: String?, _ parameter: Parameter, _ name: String
    ) throws(CommandLineError) {
        if let joined { return try self.store(joined, parameter, name) }
        guard let next = self.rest.first,
            parameter.takesDashes || next == "-" || next.utf8.first != UInt8(ascii: "-")
        else { throw .missingValue(parameter, name) }
        self.rest.removeFirst()
        try self.store(next, parameter, name)
    }

    private func store(_ text: String, _ parameter: Parameter, _ name: String?) throws(CommandLineError) {
        do {
            try parameter.read(text)
        } catch {
            throw .invalid(text, parameter, name, "\(error)")
        }
    }

    private static func valueOfFlag(_ name: String, _ value: String) -> CommandLineError {
        CommandLineError(
            "The option '\(name)' does not take any value, but '\(CommandLineError.shown(value))' was specified.")
    }

    /// An option that does not exist, with the one that was probably meant.
    private func unknown(_ name: String) -> CommandLineError {
        if let advice = self.configuration.absentOptions[name] {
            return CommandLineError("Unknown option '\(name)': \(advice)")
        }
        let known = self.list.parameters.flatMap(\.names).filter { $0.hasPrefix("--") }
        let nearest = name.hasPrefix("--") ? nearestName(to: name, among: known) : nil
        // `-vus` has one dash too few.
        let foreign = self.configuration.foreignOptions[name].flatMap { known.contains($0) ? $0 : nil }
        let meant = foreign ?? (known.contains("-\(name)") ? "-\(name)" : nearest)
        let suggestion = meant.map { ". Did you mean '\($0)'?" } ?? ""
        return CommandLineError("Unknown option '\(CommandLineError.shown(name))'\(suggestion)")
    }
}

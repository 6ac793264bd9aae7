/// The help of a command, and its usage.
struct HelpText {
    /// The column of the descriptions.
    private static let indent = 26

    private let path: CommandPath
    private let list: ParameterList
    private let columns: Int

    init(_ path: CommandPath, _ list: ParameterList, columns: Int) {
        self.path = path
        self.list = list
        self.columns = columns
    }

    /// For the usage alone.
    init(_ path: CommandPath) {
        let command = path.commands[path.commands.count - 1].init()
        self.init(path, ParameterList(of: command, hasVersion: path.version != nil), columns: 80)
    }

    var text: String {
        let configuration = self.path.configuration
        var blocks = [wrapped("OVERVIEW: \(configuration.abstract)", columns: self.columns)]
        if !configuration.discussion.isEmpty { blocks.append(wrapped(configuration.discussion, columns: self.columns)) }
        blocks.append("USAGE: \(self.indentedUsage)")
        blocks += self.sections
        if !configuration.subcommands.isEmpty {
            let rows = configuration.subcommands.map { command in
                let name = command.configuration.commandName
                let label = name == configuration.defaultSubcommand ? "\(name) (default)" : name
                return self.row(label, command.configuration.abstract)
            }
            blocks.append("SUBCOMMANDS:\n" + rows.joined(separator: "\n"))
            let help =
                [self.path.commands[0].configuration.commandName, "help"]
                + self.path.commands.dropFirst().map { $0.configuration.commandName }
            blocks.append("  See '\(help.joined(separator: " ")) <subcommand>' for detailed help.")
        }
        return blocks.joined(separator: "\n\n")
    }

    /// The usage, to be shown after `USAGE: `.
    var indentedUsage: String { self.usage.split(separator: "\n").joined(separator: "\n       ") }

    /// One line with all parameters, or a shorter one if that is too long.
    private var usage: String {
        if let usage = self.path.configuration.usage { return usage }
        if !self.path.configuration.subcommands.isEmpty { return "\(self.path.name) <subcommand>" }
        let own = self.list.parameters.filter { $0 !== self.list.help && $0 !== self.list.version }
        let options = own.filter { $0.kind == .flag || $0.kind == .option }.map(\.usage)
        let arguments = own.filter { $0.kind == .argument || $0.kind == .trailing }.map(\.usage)
        let line = ([self.path.name] + options + arguments).joined(separator: " ")
        if line.count + "USAGE: ".count <= self.columns { return line }
        return ([self.path.name, "[<options>]"] + arguments).joined(separator: " ")
    }

    /// Arguments first, then the sections with a title, and the others at the end.
    private var sections: [String] {
        var titles = ["ARGUMENTS"]
        var rows: [String: [String]] = [:]
        for entry in self.list.entries {
            let isArgument = entry.parameter.kind == .argument || entry.parameter.kind == .trailing
            let title = isArgument ? "ARGUMENTS" : entry.section.isEmpty ? "OPTIONS" : entry.section.uppercased()
            if !titles.contains(title), title != "OPTIONS" { titles.append(title) }
            rows[title, default: []].append(self.row(entry.parameter.title(), entry.parameter.description))
        }
        return (titles + ["OPTIONS"]).compactMap { title in
            rows[title].map { "\(title):\n" + $0.joined(separator: "\n") }
        }
    }

    /// The label in the left column, or on a line of its own if it is too long.
    private func row(_ label: String, _ description: String) -> String {
        let text = wrapped(description, columns: self.columns, indent: Self.indent)
        let space = Self.indent - 2 - label.count
        if space <= 0 { return "  \(label)\n\(text)" }
        return "  \(label)" + String(repeating: " ", count: space) + text.dropFirst(Self.indent)
    }
}

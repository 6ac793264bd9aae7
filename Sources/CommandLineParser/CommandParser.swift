import JSONText

/// Reads a command line: the names of commands, then the options and arguments of the last one.
package struct CommandParser {
    package enum Result {
        /// A command to run, with its values.
        case command(any ParsableCommand, CommandPath)
        /// A help or a version to print.
        case text(String)
    }

    private let root: any ParsableCommand.Type
    /// The width of the help.
    private let columns: Int

    package init(_ root: any ParsableCommand.Type, columns: Int = 80) {
        self.root = root
        self.columns = columns
    }

    /// - Parameter words: the command line without the name of the program.
    package func parse(_ words: [String]) throws(CommandFailure) -> Result {
        var path = CommandPath([self.root])
        var rest = words[...]
        var wantsHelp = false
        while !path.configuration.subcommands.isEmpty {
            if let next = path.appending(rest.first) {
                path = next
            } else if !wantsHelp, rest.first == "help" {
                wantsHelp = true
            } else {
                break
            }
            rest.removeFirst()
        }
        do {
            return try self.parse(path, rest, wantsHelp: wantsHelp)
        } catch {
            throw path.failure(error)
        }
    }

    private func parse(_ path: CommandPath, _ words: ArraySlice<String>, wantsHelp: Bool) throws -> Result {
        let command = path.commands[path.commands.count - 1].init()
        let list = ParameterList(of: command, hasVersion: path.version != nil)
        if let name = words.first, !path.configuration.subcommands.isEmpty, !name.hasPrefix("-") {
            throw Self.unknownCommand(name, among: path.configuration.subcommandNames)
        }
        var reader = ArgumentReader(list, words: words, of: path.configuration)
        let request = wantsHelp ? .help : try reader.read()
        if request == .version, let version = path.version { return .text(version) }
        if request != nil || !path.configuration.subcommands.isEmpty {
            return .text(path.configuration.wholeHelp ?? HelpText(path, list, columns: self.columns).text)
        }
        try list.validate()
        return .command(command, path)
    }

    private static func unknownCommand(_ name: String, among names: [String]) -> CommandLineError {
        let suggestion = nearestName(to: name, among: names).map { ". Did you mean '\($0)'?" } ?? ""
        return CommandLineError("'\(CommandLineError.shown(name))' is not a command\(suggestion)")
    }
}

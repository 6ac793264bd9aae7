/// The command that a command line names, with those before it: `eio-lua`, `report` and `merge`.
package struct CommandPath {
    let commands: [any ParsableCommand.Type]

    package init(_ commands: [any ParsableCommand.Type]) { self.commands = commands }

    var configuration: CommandConfiguration { self.commands[self.commands.count - 1].configuration }
    var version: String? { self.commands[0].configuration.version }

    /// As a user writes it.
    var name: String { self.commands.map { $0.configuration.commandName }.joined(separator: " ") }

    /// The path through one more command, if there is a subcommand of this name.
    func appending(_ name: String?) -> CommandPath? {
        let command = self.configuration.subcommands.first { $0.configuration.commandName == name }
        return command.map { CommandPath(self.commands + [$0]) }
    }

    /// The end of the process for an error of the command or of its command line.
    package func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let exit as ExitCode: CommandFailure(status: exit.rawValue, message: nil)
        case let error as ValidationError: self.misuse(error.description, nil)
        case let error as CommandLineError: self.misuse(error.message, error.description)
        default: CommandFailure(status: 1, message: "Error: \(error)")
        }
    }

    private func misuse(_ message: String, _ description: String?) -> CommandFailure {
        let help = description.map { "\nHelp:  \($0)" } ?? ""
        let usage = HelpText(self).indentedUsage
        return CommandFailure(
            status: CommandFailure.misuse,
            message: "Error: \(message)\(help)\nUsage: \(usage)\n  See '\(self.name) --help' for more information.")
    }
}

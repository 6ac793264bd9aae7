/// The name, the help and the subcommands of a command.
package struct CommandConfiguration: Sendable {
    package let commandName: String
    package let subcommands: [any ParsableCommand.Type]
    package let wholeHelp: String?
    let abstract: String
    let discussion: String
    let usage: String?
    let version: String?
    let defaultSubcommand: String?
    let foreignOptions: [String: String]
    let absentOptions: [String: String]

    /// - Parameters:
    ///   - usage: instead of the one that is made from the parameters.
    ///   - version: the text of `--version`, for the first command.
    ///   - defaultSubcommand: the name of the subcommand that need not be named.
    ///   - wholeHelp: instead of the help that is made from all of the others.
    ///   - foreignOptions: options that users may know from other programs, and those that they have here.
    ///   - absentOptions: options of other commands that this one cannot have, and a sentence that says what to do.
    package init(
        commandName: String, abstract: String, discussion: String = "", usage: String? = nil, version: String? = nil,
        subcommands: [any ParsableCommand.Type] = [], defaultSubcommand: String? = nil, wholeHelp: String? = nil,
        foreignOptions: [String: String] = [:], absentOptions: [String: String] = [:]
    ) {
        self.commandName = commandName
        self.subcommands = subcommands
        self.wholeHelp = wholeHelp
        self.abstract = abstract
        self.discussion = discussion
        self.usage = usage
        self.version = version
        self.defaultSubcommand = defaultSubcommand
        self.foreignOptions = foreignOptions
        self.absentOptions = absentOptions
    }

    /// The names of the subcommands.
    package var subcommandNames: [String] { self.subcommands.map { $0.configuration.commandName } }
}

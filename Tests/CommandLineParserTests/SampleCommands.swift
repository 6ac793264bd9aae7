import CommandLineParser

enum Shape: String, CaseIterable, ExpressibleByArgument {
    case round, square, flat
}

struct SizeOptions: ParsableArguments {
    @Option(help: "The width.")
    var width = 10

    @Option(parsing: .unconditional, help: "The height.")
    var heightInMetres: Double?

    func validate() throws {
        if self.width > 100 { throw ValidationError("--width must be at most 100") }
    }
}

/// Every kind of declaration.
struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw", abstract: "Draws.", discussion: "With a pen.", foreignOptions: ["--breadth": "--width"],
        absentOptions: ["--erase": "the paper is drawn on once"])

    @Argument(help: ArgumentHelp("The file.", valueName: "path"))
    var file: String

    @Argument(help: "The colour.")
    var colour = "black"

    @OptionGroup(title: "Size")
    var size: SizeOptions

    @Option(name: .shortAndLong, help: "Its form.")
    var shape: Shape?

    @Option(name: [.customShort("u"), .long], parsing: .unconditional, help: "How many.")
    var count: Int?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("A label; may be repeated.", valueName: "text"),
        transform: { text in
            if text.isEmpty { throw ValidationError("it must not be empty") }
            return text.uppercased()
        })
    var label: [String] = []

    @Flag(name: .shortAndLong, help: "Say nothing.")
    var quiet = false

    @Flag(name: .customLong("dry-run"), help: "Draw nothing.")
    var isDry = false

    @Argument(parsing: .postTerminator, help: "The words after --.")
    var rest: [String] = []

    func validate() throws {
        if self.count == 13 { throw ValidationError("--count must not be 13") }
    }
}

struct JoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "join", abstract: "Joins files.")

    @Argument(help: "The files.")
    var files: [String]

    @Option(help: "The seed.")
    var seed: UInt64?
}

struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "Other tools.", subcommands: [JoinCommand.self])
}

struct HandMadeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand", abstract: "Has its own help.", usage: "art hand\nart hand made", wholeHelp: "By hand.")
}

struct ArtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "art", abstract: "Makes pictures.", version: "art 1.0",
        subcommands: [HandMadeCommand.self, DrawCommand.self, ToolsCommand.self], defaultSubcommand: "hand")
}

/// The command of a command line for `art`.
func parsed<Command: ParsableCommand>(_ words: [String], as type: Command.Type = DrawCommand.self) throws -> Command {
    guard case .command(let command, _) = try CommandParser(ArtCommand.self).parse(words),
        let command = command as? Command
    else { throw ValidationError("another command, or a text") }
    return command
}

func draw(_ words: String...) throws -> DrawCommand { try parsed(["draw"] + words) }

/// The text that a command line prints, or the message of its failure.
func answer(_ words: String..., columns: Int = 80) -> String {
    do throws(CommandFailure) {
        guard case .text(let text) = try CommandParser(ArtCommand.self, columns: columns).parse(words) else {
            return "a command"
        }
        return text
    } catch {
        return "\(error.status) \(error.message ?? "")"
    }
}

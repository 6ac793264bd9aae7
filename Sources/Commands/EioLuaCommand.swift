import CommandLineParser
import CommandOptions
import Glibc
import JSONText
import Locust
import ProcessSupport
import ScriptProcess

/// The program: `eio-lua bot.lua` is `eio-lua run bot.lua`.
package struct EioLuaCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "eio-lua",
        abstract: "Runs Engine.IO clients that are scripted in Lua.",
        usage: """
            eio-lua [run] [options] [script.lua [arguments ...]]
            eio-lua connect [options] url
            eio-lua load [options] script.lua [-- arguments ...]
            eio-lua inspect [options] script.lua [-- arguments ...]
            eio-lua worker [options] script.lua ... [-- arguments ...]
            eio-lua locustfile script.lua ...
            eio-lua init [options] [dir]
            eio-lua report merge [options] export.json ...
            eio-lua serve [options]
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, ConnectCommand.self, LoadCommand.self, InspectCommand.self, WorkerLauncher.self,
            LocustfileCommand.self, ReportCommand.self, ServeCommand.self, InitCommand.self,
        ],
        defaultSubcommand: RunCommand.configuration.commandName)

    package init() {}

    /// Runs the command that the process was started with; does not return.
    ///
    /// The command line of `run` is read as `lua5.4` reads its command line. The argument parser would also look for
    /// our options after the script.
    package static func start() -> Never {
        prepareProcess(descriptors: 16)
        let first = CommandLine.arguments.dropFirst().first
        if first == WorkerLauncher.configuration.commandName { WorkerLauncher.start() }
        let isNamed = first == RunCommand.configuration.commandName
        if let first, !isNamed, self.words.contains(first) {
            FileDescriptorLimit.require(32)
            self.main(Array(CommandLine.arguments.dropFirst()))
        }
        do {
            if !isNamed, let first {
                if self.isURL(first) {
                    // It is not repeated, because it may have a secret.
                    FileDescriptorOutput.standardError.say(
                        "eio-lua: a URL is not a script; did you mean 'eio-lua connect URL'?")
                    throw ExitCode(EX_USAGE)
                }
                self.suggestCommand(insteadOf: first)
            }
            try RunCommand.run(
                program: ProcessArguments.all[0], arguments: Array(ProcessArguments.all.dropFirst(isNamed ? 2 : 1)))
        } catch {
            CommandPath([self, RunCommand.self]).failure(error).endProcess()
        }
        endProcess(0)
    }

    /// A url instead of a script, perhaps without its scheme, if no file has such a name.
    private static func isURL(_ text: String) -> Bool {
        let schemes = ["http://", "https://", "ws://", "wss://"]
        let isLike = schemes.contains(where: text.lowercased().hasPrefix) || self.beginsWithHostAndPort(text)
        return isLike && access(text, F_OK) != 0
    }

    /// `localhost:5000` or `localhost:5000/path`.
    private static func beginsWithHostAndPort(_ text: String) -> Bool {
        let parts = text.prefix { $0 != "/" }.split(separator: ":", omittingEmptySubsequences: false)
        let isHost = !parts[0].isEmpty && parts[0].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
        return parts.count == 2 && isHost && !parts[0].hasPrefix("-") && UInt16(parts[1]) != nil
    }

    /// A script that does not exist, and that is named almost like a command.
    private static func suggestCommand(insteadOf name: String) {
        guard !name.hasPrefix("-"), access(name, F_OK) != 0,
            let nearest = nearestName(to: name, among: self.words)
        else { return }
        FileDescriptorOutput.standardError.say("eio-lua: '\(name)' is not a command; did you mean '\(nearest)'?")
    }

    /// The first words that are commands.
    private static var words: [String] { ["help"] + self.configuration.subcommandNames }
}

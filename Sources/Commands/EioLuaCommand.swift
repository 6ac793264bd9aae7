import ArgumentParser
import CommandOptions
import Glibc
import LoadPlan
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
            RunCommand.self, LoadCommand.self, InspectCommand.self, WorkerLauncher.self, LocustfileCommand.self,
            ReportCommand.self, ServeCommand.self, InitCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    package init() {}

    /// Runs the command that the process was started with; does not return.
    ///
    /// The command line of `run` is read as `lua5.4` reads its command line. The argument parser would also look for
    /// our options after the script.
    package static func start() -> Never {
        prepareProcess(descriptors: 16)
        let first = CommandLine.arguments.dropFirst().first
        if first == self.name(of: WorkerLauncher.self) { WorkerLauncher.start() }
        let others = ["help"] + self.configuration.subcommands.dropFirst().map { self.name(of: $0) }
        if let first, others.contains(first) {
            FileDescriptorLimit.require(32)
            let arguments = self.shortOptions.separated(Array(CommandLine.arguments.dropFirst()))
            if let refusal = ForeignOption.refusal(in: arguments) { self.exit(withError: ValidationError(refusal)) }
            self.main(first == self.name(of: LocustfileCommand.self) ? ScriptArguments.separated(arguments) : arguments)
            self.exit()
        }
        let name = self.name(of: RunCommand.self)
        let isNamed = CommandLine.argc > 1 && CommandLine.arguments[1] == name
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
            self.exit()
        } catch {
            self.exit(withError: error)
        }
    }

    /// A url instead of a script, if no file has such a name.
    private static func isURL(_ text: String) -> Bool {
        let schemes = ["http://", "https://", "ws://", "wss://"]
        return schemes.contains(where: text.lowercased().hasPrefix) && access(text, F_OK) != 0
    }

    /// A script that does not exist, and that is named almost like a command.
    private static func suggestCommand(insteadOf name: String) {
        guard !name.hasPrefix("-"), access(name, F_OK) != 0,
            let nearest = nearestName(
                to: name, among: ["help"] + self.configuration.subcommands.compactMap { self.name(of: $0) })
        else { return }
        FileDescriptorOutput.standardError.say("eio-lua: '\(name)' is not a command; did you mean '\(nearest)'?")
    }

    /// Those of `load`; the others have no more.
    private static let shortOptions = ShortOptions(flags: "qh", valued: "udiseo")

    private static func name(of command: any ParsableCommand.Type) -> String? { command.configuration.commandName }
}

import CommandLineParser
import CommandOptions
import EngineIOClient
import Glibc
import Logging
import ProcessSupport
import ScriptProcess
import Scripting

/// `eio-lua run`: one script, to its end.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a Lua script (the default: eio-lua bot.lua).",
        usage: "eio-lua [run] [options] [script.lua [arguments ...]]",
        wholeHelp: Self.help)

    private static let help = """
        USAGE: eio-lua [run] [options] [script.lua [arguments ...]]

        OPTIONS:
          -e CODE             Run CODE before the script. -e and -l run in their order.
          -l MOD, -l N=MOD    Require the module MOD into the global MOD or N.
          -i                  Show a prompt for Lua, after the script if there is one.
          -                   Read the script from the standard input.
          --                  Stop reading options.
          -v, --version       Show the version.
          -E                  Ignore LUA_INIT, LUA_PATH and LUA_CPATH.
          -W                  Turn on Lua's warnings.
          --url URL           The url for eio.connect() without one.
          --log-level LEVEL   debug, info, warning (the default), error or off.
          --trace             Show each packet, one line each, on the standard error.
          --trace-format F    text (the default) or json, one JSON object a line.
          --trace-file FILE   Write the trace to FILE instead.
          --strict            End at the first error that no part of the script catches.
          --globals strict    Report each read of an undefined global with its line.
          -h, --help          Show this help.

        OTHER COMMANDS:
          eio-lua connect     Talk to a server: type or pipe messages, see what comes.
          eio-lua load        Run a script as many virtual users, and measure.
          eio-lua inspect     Check a script's options and show what load would do.
          eio-lua report      Merge or compare the exports of load runs.
          eio-lua worker      Run scripts as virtual users under a Locust master.
          eio-lua locustfile  Print the file of a Locust master.
          eio-lua init        Write a first bot or load test, and files for editors.
          eio-lua serve       Run an Engine.IO server to try scripts against.
          eio-lua help        Show the help of a command.
        """

    /// - Parameter arguments: what stands behind `run`, or behind the program's name where `run` is left out.
    static func run(program: [UInt8], arguments: [[UInt8]]) throws {
        let line: ScriptCommandLine
        do {
            line = try ScriptCommandLine(program: program, arguments: arguments)
        } catch {
            throw ValidationError(error.description)
        }
        if line.showsHelp { return try showing(Self.help) }
        var options = line.options
        if line.showsVersion, !options.hasPrompt {
            try showing(Version.text)
            if options.steps.isEmpty { return }
        }
        if options.steps.isEmpty, !options.hasPrompt {
            options.hasPrompt = isatty(STDIN_FILENO) != 0
            if !options.hasPrompt { options.steps.append(.standardInput) }
        }
        do {
            if let file = line.trace.path {
                var paths = OutputPaths()
                if case .file(let script)? = options.steps.last {
                    paths.reserve(String(decoding: script, as: UTF8.self), "the script")
                }
                try paths.add(file, "--trace-file", isChecked: false)
            }
            options.clients.trace = try line.trace.open().map { TracedUser($0) }
        } catch {
            throw ValidationError(error.description)
        }
        BotProcess(options: options, logLevel: line.logLevel).run()
    }
}

import ArgumentParser
import LoadEngine
import LoadPlan
import Logging
import Scripting

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `eio-lua locustfile`: what a Locust master needs to direct workers with these scripts.
struct LocustfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locustfile",
        abstract: "Prints the file of a Locust master for scripts: classes of users, stages, thresholds.",
        usage: "eio-lua locustfile script.lua ... > locustfile.py")

    @Argument(help: "The scripts, as `eio-lua worker` gets them.")
    var scripts: [String]

    @Argument(parsing: .postTerminator, help: "What the scripts get as their arguments.")
    var arguments: [String] = []

    @Option(name: .shortAndLong, help: "What the scripts find in __ENV, KEY=VALUE; may be repeated.")
    var env: [String] = []

    @Flag(help: "Leave the thresholds out.")
    var noThresholds = false

    func run() throws {
        do {
            let file = try Locustfile(try self.scripts.map(self.read))
            for note in file.notes { FileDescriptorOutput.standardError.write("note: \(note)\n") }
            print(file.text, terminator: "")
        } catch let errors as OptionErrors {
            throw Self.failure("\(errors)", .invalidOptions)
        } catch ScriptProblem.invalid(let text) {
            throw Self.failure(text, .invalidOptions)
        } catch ScriptProblem.failed(let text) {
            throw Self.failure(text, .scriptFailed)
        }
    }

    private static func failure(_ text: String, _ status: LoadStatus) -> ExitCode {
        FileDescriptorOutput.standardError.write("eio-lua: \(text)\n")
        return ExitCode(status.rawValue)
    }

    private func read(_ path: String) throws -> Locustfile.Script {
        guard access(path, R_OK) == 0 else {
            throw ValidationError("cannot read the script \(path): \(String(cString: strerror(errno)))")
        }
        var options = ScriptOptions()
        options.arguments = ([CommandLine.arguments[0], path] + self.arguments).map { Array($0.utf8) }
        options.scriptIndex = 1
        options.steps = [.file(Array(path.utf8))]
        // The master's page may name the url, when a test begins; what only tells its plan connects to none.
        options.defaultURL = "http://localhost"
        let settings = ScriptSettings(
            options: options, environment: try keyValuePairs(self.env, "--env"), maximumBlock: 10,
            logger: Logger(label: "eio-lua") { _ in SwiftLogNoOpLogHandler() })
        let contents = try ScriptReader(settings).read()
        var commandLine = CommandLineOptions()
        commandLine.noThresholds = self.noThresholds
        return Locustfile.Script(
            path: path, plan: try LoadPlan(options: contents.options, commandLine: commandLine, shape: contents.shape))
    }
}

import CommandLineParser
import CommandOptions
import EngineIO
import Glibc
import ProcessSupport
import StarterFiles

/// `eio-lua init`: a folder with a first script, and the files that an editor and luacheck read.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a first bot or load test, with definitions for editors and rules for luacheck.",
        discussion: "A file that is there already is not overwritten.")

    @Argument(help: ArgumentHelp("The folder, which is made if necessary.", valueName: "dir"))
    var folder = "."

    @Flag(help: "Write a load test, scenario.lua, instead of bot.lua.")
    var load = false

    @Flag(name: .customLong("socketio"), help: "Write a script for a server of Socket.IO.")
    var socketIO = false

    @Option(help: "The url of the server. (default: http://localhost:5000)")
    var url: String?

    func run() throws {
        do {
            let files = try self.starterFiles()
            let folder = StarterFolder(self.folder)
            for path in try folder.write(files) { try showing("wrote \(path)") }
            try self.showNextSteps(folder.path(files[0]))
        } catch let error as UsageError {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            throw ExitCode.failure
        }
    }

    private func starterFiles() throws -> [StarterFiles.File] {
        let url = self.url ?? StarterFiles.defaultURL
        do {
            _ = try ServerURL(url)
        } catch {
            throw ValidationError(error.message)
        }
        return StarterFiles(self.load ? .scenario : .bot, for: self.socketIO ? .socketIO : .engineIO, url: url).files
    }

    private func showNextSteps(_ script: String) throws {
        if self.url == nil { try showing("\nStart a server:  eio-lua serve\(self.socketIO ? " --socketio" : "")") }
        try showing("Run the script:  eio-lua \(self.load ? "load " : "")\(script)")
    }
}

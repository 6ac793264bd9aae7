import CommandLineParser
import Glibc
import ProcessSupport

/// `eio-lua worker`: a program of its own beside this one, which alone needs ZeroMQ and msgpack.
package struct WorkerLauncher: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Runs scripts as virtual users under a Locust master.",
        discussion: "See `eio-lua worker --help`.")

    @Argument(help: "As `eio-lua worker --help` has them.")
    var arguments: [String] = []

    package init() {}

    package func run() { Self.start() }

    /// Becomes that program, with what stands behind `worker`.
    package static func start() -> Never {
        let program = Self.program
        guard WorkerLibraries.areFound(by: program) else {
            FileDescriptorOutput.standardError.say(WorkerLibraries.advice)
            Glibc.exit(EX_UNAVAILABLE)
        }
        var arguments = ([Array(program.utf8)] + ProcessArguments.all.dropFirst(2)).map { bytes in
            strdup(bytes.map { CChar(bitPattern: $0) } + [0])
        }
        arguments.append(nil)
        execv(program, &arguments)
        let reason = errno == ENOENT ? "it is not there" : SystemError.text(errno)
        FileDescriptorOutput.standardError.say(
            "eio-lua: cannot start \(program): \(reason); "
                + "`eio-lua worker` needs the program eio-lua-worker beside eio-lua")
        Glibc.exit(EX_UNAVAILABLE)
    }

    /// In the folder of this program's own file, wherever links to it stand.
    private static var program: String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let path = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        return String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) + "/eio-lua-worker"
    }
}

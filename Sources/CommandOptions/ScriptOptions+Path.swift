import CommandLineParser
import Glibc
import LoadEngine
import ProcessSupport
import ScriptProcess
import Scripting

extension ScriptOptions {
    /// The most bytes of a script.
    private static let longest = 64 << 20

    /// Options for the script that the command line names (`-` is the standard input); the script gets `arguments` as
    /// `arg`. The script is read now, and only once, because it may be a pipe, and the file may change.
    ///
    /// - Throws: `ValidationError` where it cannot be read.
    package init(readable path: String, arguments: [String]) throws {
        let isInput = path == "-"
        // A pipe may have no end.
        ScriptReader.endBySignals()
        let text = try Self.read(path, isInput: isInput)
        self.init()
        self.arguments = ([CommandLine.arguments[0], path] + arguments).map(ProcessArguments.bytes)
        self.scriptIndex = 1
        self.steps = [isInput ? .standardInput : .file(ProcessArguments.bytes(path))]
        self.source = ScriptSource(text)
    }

    private static func read(_ path: String, isInput: Bool) throws -> [UInt8] {
        let descriptor = isInput ? STDIN_FILENO : open(ProcessArguments.path(path), O_RDONLY | O_CLOEXEC)
        let failure = { ValidationError("cannot read the script \(path): \(SystemError.text(errno))") }
        if descriptor < 0 { throw failure() }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure() }
            if count == 0 { break }
            text += chunk[..<count]
            if text.count > self.longest {
                throw ValidationError("cannot read the script \(path): it is longer than 64 MiB")
            }
        }
        // A script that came from the standard input finds nothing there, a terminal's next line neither.
        let empty = isInput ? open("/dev/null", O_RDONLY) : descriptor
        if isInput { dup2(empty, STDIN_FILENO) }
        close(empty)
        return text
    }
}

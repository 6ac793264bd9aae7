import ArgumentParser
import Scripting

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ScriptOptions {
    /// For a script that the command line names; it gets `arguments` as `arg`.
    ///
    /// - Throws: `ValidationError` where it cannot be read.
    package init(readable path: String, arguments: [String]) throws {
        guard access(ProcessArguments.path(path), R_OK) == 0 else {
            throw ValidationError("cannot read the script \(path): \(SystemError.text(errno))")
        }
        self.init()
        self.arguments = ([CommandLine.arguments[0], path] + arguments).map(ProcessArguments.bytes)
        self.scriptIndex = 1
        self.steps = [.file(ProcessArguments.bytes(path))]
    }
}

import ArgumentParser
import CLuaHost
import LoadEngine

/// Does what a command does. Where a thread was left behind in it, ends the process as well: leaving it to the system's `exit` could
/// take for ever.
package func endingWithoutLeftLoops(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch {
        guard LeftLoops.exist else { throw error }
        if !(error is ExitCode) { FileDescriptorOutput.standardError.say(EioLuaCommand.fullMessage(for: error)) }
        luahost_exit_now(EioLuaCommand.exitCode(for: error).rawValue)
    }
    if LeftLoops.exist { luahost_exit_now(0) }
}

/// Writes what `print` has buffered. A flush of all files would wait for those that a script's thread holds.
func flushStandardOutput() { _ = luahost_flush_output() }

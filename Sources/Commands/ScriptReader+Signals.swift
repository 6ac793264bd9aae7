import LoadEngine

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ScriptReader {
    /// Runs the chunk as ``read()`` does. From then on, until ``Signals/install`` is called anew, SIGINT and SIGTERM end the
    /// process at once: there is no connection yet to be closed well, and no hook ends a script that is inside a C function.
    package func readUntilSignal() throws -> ScriptContents {
        Signals.install(interrupter: { _ in }) { _ in
            FileDescriptorOutput.standardError.say("eio-lua: stopped by a signal while the script was read")
            _exit(LoadStatus.stoppedFromOutside.rawValue)
        }
        return try self.read()
    }
}

import Glibc
import LoadEngine
import ProcessSupport

extension ScriptReader {
    /// Runs the chunk as ``read()`` does. From then on, until ``Signals/install`` is called anew, SIGINT, SIGTERM and SIGHUP end the
    /// process at once: there is no connection yet to be closed well, and no hook ends a script that is inside a C function.
    package func readUntilSignal() throws -> ScriptContents {
        Self.endBySignals()
        return try self.read()
    }

    /// From now on they end the process as is said there.
    package static func endBySignals() {
        Signals.install { _ in
            FileDescriptorOutput.standardError.say("eio-lua: stopped by a signal while the script was read")
            _exit(ExitStatus.stoppedFromOutside.rawValue)
        }
    }
}

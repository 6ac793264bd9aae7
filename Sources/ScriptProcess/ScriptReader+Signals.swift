import Glibc
import LoadEngine
import ProcessSupport

extension ScriptReader {
    /// Runs the chunk as ``read()`` does. From then on, until the next ``Signals/install``, SIGINT, SIGTERM and SIGHUP
    /// end the process at once: there is no connection to close, and no hook can end a script inside a C function.
    package func readUntilSignal() throws -> ScriptContents {
        Self.endBySignals()
        return try self.read()
    }

    /// From now on these signals end the process at once.
    package static func endBySignals() {
        Signals.install { _ in
            FileDescriptorOutput.standardError.say("eio-lua: stopped by a signal while the script was read")
            _exit(ExitStatus.stoppedFromOutside.rawValue)
        }
    }
}

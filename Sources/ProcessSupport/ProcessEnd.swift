import CStdio
import Dispatch
import Glibc

/// Ends of the process that do not wait for its threads.
package enum ProcessEnd {
    /// The time for writing what is buffered.
    private static let flushTime = DispatchTimeInterval.milliseconds(500)

    /// Ends the process without the handlers of `exit`.
    ///
    /// A thread that is inside `fread`, or whose reader has stopped, holds its file's lock. Flushing is therefore left
    /// to another thread, which may wait for it without end.
    package static func now(_ status: Int32) -> Never {
        TerminalModes.restore()
        let flushed = DispatchSemaphore(value: 0)
        DispatchQueue(label: "eio-lua.flush").async {
            _ = stdio_flush_output()
            fflush(nil)
            flushed.signal()
        }
        _ = flushed.wait(timeout: .now() + self.flushTime)
        _exit(status)
    }
}

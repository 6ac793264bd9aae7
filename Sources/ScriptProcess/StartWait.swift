import Dispatch
import Glibc
import LoadEngine
import ProcessSupport

/// Waits for `--start-at`; the end of the run ends the wait.
final class StartWait: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    func end() { self.ended.signal() }

    /// - Parameter time: Unix seconds.
    func wait(until time: Double) {
        let left = time - WallClock.now()
        guard left > 0 else {
            return FileDescriptorOutput.standardError.say(
                "eio-lua: --start-at is \(Self.text(-left)) in the past: starting now")
        }
        FileDescriptorOutput.standardError.say("eio-lua: starting in \(Self.text(left)) (--start-at)")
        // The wall clock may be set meanwhile; it is the one that all machines share.
        let whole = time.rounded(.down)
        let nanoseconds = Int((time - whole) * 1e9)
        _ = self.ended.wait(wallTimeout: DispatchWallTime(timespec: timespec(tv_sec: Int(whole), tv_nsec: nanoseconds)))
    }

    /// Seconds, to the tenth where they are few.
    private static func text(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds.rounded())) s"
    }
}

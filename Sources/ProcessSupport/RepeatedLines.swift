import Dispatch
import Glibc
import Synchronization

/// The standard error for reports that clients may repeat, from any thread: see ``RepeatFilter``. The counts are
/// written a second later, and at the end of the process.
package enum RepeatedLines {
    private struct State {
        var filter = RepeatFilter()
        var isTickDue = false
    }

    private static let state: Mutex<State> = {
        atexit { RepeatedLines.flush() }
        return Mutex(State())
    }()

    package static func report(_ text: String) {
        Self.state.withLock { state in
            Self.write(state.filter.report(text, at: UInt64(ProcessClock.monotonic())))
            Self.tickLater(&state)
        }
    }

    /// Writes what was counted up to now.
    package static func flush() {
        Self.state.withLock { Self.write($0.filter.flush()) }
    }

    /// The same, but for a thread that must not wait for others.
    package static func flushWithoutWaiting() {
        _ = Self.state.withLockIfAvailable { Self.write($0.filter.flush()) }
    }

    private static func tickLater(_ state: inout State) {
        guard !state.isTickDue, state.filter.isCounting else { return }
        state.isTickDue = true
        let time = DispatchTime.now() + .nanoseconds(Int(RepeatFilter.window))
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: time) {
            Self.state.withLock { state in
                state.isTickDue = false
                Self.write(state.filter.due(at: UInt64(ProcessClock.monotonic())))
                Self.tickLater(&state)
            }
        }
    }

    private static func write(_ lines: [String]) {
        for line in lines { FileDescriptorOutput.standardError.say(line) }
    }

}

import CLuaHost
import Dispatch
import ProcessSupport
import Synchronization

/// Ends a process whose script does not let it end, because nothing can interrupt a script inside a C function.
final class LastMoment: Sendable {
    private let isEnding = Atomic<Bool>(false)
    private let grace: Duration
    private let ending: Duration
    private static let afterPrograms = DispatchTimeInterval.milliseconds(500)

    /// - Parameters:
    ///   - grace: time limit, from the first signal until the program begins to end.
    ///   - ending: time limit for the rest, after the grace period.
    init(grace: Duration, ending: Duration) {
        (self.grace, self.ending) = (grace, ending)
    }

    /// The program has begun its end.
    func endBegan() { self.isEnding.store(true, ordering: .relaxed) }

    /// The first signal has come. Safe on any thread.
    func signalled(_ status: Int32) {
        let queue = DispatchQueue.global()
        queue.asyncAfter(deadline: .now() + self.grace.dispatchInterval) {
            // A script that waits for a program may still end by itself once the program is gone.
            let mayCome = self.isEnding.load(ordering: .relaxed) || luahost_loop_end_programs(nil)
            if !mayCome { self.end(status) }
            queue.asyncAfter(deadline: .now() + Self.afterPrograms) {
                if !self.isEnding.load(ordering: .relaxed) { self.end(status) }
            }
            queue.asyncAfter(deadline: .now() + self.ending.dispatchInterval) { self.end(status) }
        }
    }

    private func end(_ status: Int32) -> Never {
        RepeatedLines.flushWithoutWaiting()
        FileDescriptorOutput.standardError.say(
            "eio-lua: the script is inside a C function that does not return: ended without it")
        ProcessEnd.now(status)
    }
}

extension Duration {
    var dispatchInterval: DispatchTimeInterval { .milliseconds(Int(self / .milliseconds(1))) }
}

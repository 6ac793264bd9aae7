import CLuaHost
import Synchronization

/// An event loop as the watchdog of Lua sees it, and the memory of the scripts that run on it.
///
/// It is made on the thread of that event loop and closed there, before the thread ends.
package final class LuaLoop {
    let handle: OpaquePointer
    private let reporter: Unmanaged<SlowSliceReporter>
    private let outside: LoopHandle

    /// - Parameters:
    ///   - maximumBlock: seconds after which a slice of Lua is stopped; 0 for never.
    ///   - report: receives a text about a slice that has run for a second; called on the watchdog's thread.
    package init(maximumBlock: Double, report: @escaping @Sendable (String) -> Void) {
        self.reporter = Unmanaged.passRetained(SlowSliceReporter(report: report))
        self.handle = luahost_loop_create(
            maximumBlock,
            { context, text in
                guard let context else { return }
                Unmanaged<SlowSliceReporter>.fromOpaque(context).takeUnretainedValue().report(String(text))
            }, self.reporter.toOpaque())
        self.outside = LoopHandle(self.handle)
    }

    /// Takes the loop from the watchdog and gives back its memory, with that of its last script if one is still open.
    ///
    /// On the event loop's thread, once. Other threads may still call ``interrupter``, ``ender`` and ``programEnder``,
    /// which do nothing any more.
    package func close() {
        guard self.outside.close() else { return }
        luahost_loop_destroy(self.handle)
        self.reporter.release()
    }

    /// Raises `interrupted!` in a slice of Lua that still runs this many seconds from now. Safe on any thread.
    package var interrupter: @Sendable (Double) -> Void {
        let outside = self.outside
        return { seconds in outside.use { luahost_loop_interrupt($0, seconds) } }
    }

    /// Ends the programs that the loop's scripts have started and not waited for; returns whether there are any.
    /// Safe on any thread.
    package var programEnder: @Sendable () -> Bool {
        let outside = self.outside
        return { outside.use { luahost_loop_end_programs($0) } ?? false }
    }

    /// Ends the slices of Lua that compute this many seconds from now, or later, and stops their scripts as
    /// ``ScriptHost/stop()`` does. An earlier end holds. Safe on any thread.
    package var ender: @Sendable (Double) -> Void {
        let outside = self.outside
        return { seconds in outside.use { luahost_loop_end($0, seconds) } }
    }
}

/// A loop for other threads, which may outlive it.
private final class LoopHandle: Sendable {
    private struct State: @unchecked Sendable {
        /// Nil when the loop is closed.
        var handle: OpaquePointer?
    }

    private let state: Mutex<State>

    init(_ handle: OpaquePointer) {
        self.state = Mutex(State(handle: handle))
    }

    func use<Result: Sendable>(_ body: (OpaquePointer) -> Result) -> Result? {
        self.state.withLock { state in state.handle.map(body) }
    }

    /// - Returns: false if it was closed before.
    func close() -> Bool { self.state.withLock { $0.handle.take() } != nil }
}

private final class SlowSliceReporter: Sendable {
    let report: @Sendable (String) -> Void

    init(report: @escaping @Sendable (String) -> Void) {
        self.report = report
    }
}

import LoadEngine
import ProcessSupport
import Synchronization

/// Why a run ends before its plan does: the first cause counts.
final class StopReason: Sendable {
    private struct State {
        var status = ExitStatus.success
        var reason = "finished"
        var run: LoadRun?
        /// Of `setup` or `teardown` while it runs.
        var call: ScriptStop?
    }

    private let current = Mutex(State())
    private let wait: StartWait

    init(_ wait: StartWait) {
        self.wait = wait
    }

    var state: (ExitStatus, String) { self.current.withLock { ($0.status, $0.reason) } }

    /// A run that is to end before it has begun begins with its end.
    func attach(_ run: LoadRun) {
        let isEnded = self.current.withLock { state in
            state.run = run
            return state.status != .success
        }
        if isEnded { run.stop() }
    }

    /// Calls a function of the script, which the end stops.
    ///
    /// - Returns: the result of `body`; nil if it was stopped.
    @discardableResult
    func whileCalling<Value>(_ body: (ScriptStop) throws -> Value) throws -> Value? {
        let stop = ScriptStop()
        self.current.withLock { $0.call = stop }
        defer { self.current.withLock { $0.call = nil } }
        do {
            return try body(stop)
        } catch ScriptProblem.stopped {
            return nil
        }
    }

    /// The run is over: nothing is left to stop.
    func detach() { self.current.withLock { $0.run = nil } }

    func end(_ status: ExitStatus, _ reason: String) {
        let (run, call) = self.current.withLock { state -> (LoadRun?, ScriptStop?) in
            guard state.status == .success else { return (nil, nil) }
            state.status = status
            state.reason = reason
            return (state.run, state.call)
        }
        call?.stop()
        run?.stop()
        // Last: a run that is waited for must not begin before it was ended.
        self.wait.end()
    }
}

import LoadPlan
import Logging
import Metrics
import NIOCore
import Scripting

/// One virtual user of a plain bot: each iteration is the script from its start to its end, in a Lua VM of its own.
final class BotUser: VirtualUser, ScriptHostDelegate {
    private enum State {
        case idle
        case running
        /// The script was asked to end.
        case ending
        case gone
    }

    let user: ScenarioUser
    private let runner: ScenarioRunner
    private var state = State.idle
    private var host: ScriptHost?
    private let meter: UserMeter
    private var started = NIODeadline.uptimeNanoseconds(0)
    private var hasFailed = false
    private var iterations = 0
    private var isStopping = false
    private var timer: Scheduled<Void>?

    init(_ user: ScenarioUser, runner: ScenarioRunner) {
        self.user = user
        self.runner = runner
        self.meter = UserMeter(runner.meter)
    }

    func startIteration(_ iteration: Int) {
        self.state = .running
        self.hasFailed = false
        self.started = .now()
        self.runner.meter.iterationsStarted.add()
        self.meter.begin()
        let host = self.runner.makeHost(for: self.user, iteration: iteration, delegate: self, meter: self.meter)
        self.host = host
        host.setUser(
            id: self.user.idInTest, iteration: self.iterations, iterationInTest: iteration,
            scenario: self.runner.scenario.name, seed: 0)
        self.iterations += 1
        host.run()
    }

    /// - Parameter graceful: how long a running iteration may go on.
    func stop(graceful: Duration) {
        self.isStopping = true
        self.timer?.cancel()
        guard self.state == .running else {
            if self.state == .idle { self.leave() }
            return
        }
        if graceful <= .zero { return self.interrupt() }
        self.timer = self.runner.schedule(TimeAmount(graceful)) { self.interrupt() }
    }

    /// The last ``stop(graceful:)`` does not hold any more.
    func keep() {
        guard self.state == .running else { return }
        self.isStopping = false
        self.timer?.cancel()
    }

    private func interrupt() {
        guard self.state == .running else { return }
        self.state = .ending
        self.timer = self.runner.schedule(Self.stopTimeout) { self.iterationEnded() }
        self.host?.stop()
    }

    private func iterationEnded() {
        guard self.state == .running || self.state == .ending else { return }
        let wasInterrupted = self.state == .ending || self.host?.isStopped == true
        self.state = .idle
        self.timer?.cancel()
        self.host?.close()
        self.host = nil
        let meter = self.runner.meter
        if wasInterrupted {
            meter.iterationsInterrupted.add()
        } else {
            meter.iterationDuration.record(nanoseconds: (NIODeadline.now() - self.started).nanoseconds)
            if self.hasFailed { meter.iterationsFailed.add() } else { meter.iterations.add() }
        }
        // A script that ended with an error is not started again at once either.
        self.runner.iterationEnded(self.user, pauses: self.hasFailed || self.meter.hasFailedToConnect)
        if self.isStopping { self.leave() }
    }

    private func leave() {
        guard self.state != .gone else { return }
        self.state = .gone
        self.runner.userLeft(self.user)
    }

    // MARK: ScriptHostDelegate

    func scriptFailed(_ error: UncaughtError) {
        self.hasFailed = true
        self.runner.meter.record(error)
    }

    func scriptExited(status: Int32) {
        guard let host = self.host else { return }
        if status != 0 { self.hasFailed = true }
        host.disconnectClients(timeout: .seconds(2)) { self.iterationEnded() }
    }

    func scriptFinished() { self.iterationEnded() }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

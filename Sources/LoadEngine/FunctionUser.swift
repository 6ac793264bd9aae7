import LoadPlan
import Metrics
import NIOCore
import Scripting

/// One virtual user of a scenario script: its Lua VM, clients and tasks live as long as the user, and each iteration
/// is a call of one function.
final class FunctionUser: VirtualUser, ScriptHostDelegate {
    private enum State {
        case idle
        case running(iteration: UInt64)
        case ending
        case gone
    }

    let user: ScenarioUser
    private let runner: ScenarioRunner
    private var state = State.idle
    private var host: ScriptHost?
    private let meter: UserMeter
    private var iterations = 0
    private var started = NIODeadline.uptimeNanoseconds(0)
    private var isStopping = false
    private var timer: Scheduled<Void>?

    init(_ user: ScenarioUser, runner: ScenarioRunner) {
        self.user = user
        self.runner = runner
        self.meter = UserMeter(runner.meter)
    }

    func startIteration(_ iterationInTest: Int) {
        self.meter.begin()
        let host = self.host ?? self.prepare()
        let number = UInt64(self.iterations)
        self.state = .running(iteration: number)
        self.started = .now()
        self.runner.meter.iterationsStarted.add()
        self.setUser(host, iterationInTest)
        self.iterations += 1
        let data = self.runner.settings.setupData
        if !host.call(self.runner.scenario.exec, argument: data, wantsResult: false, id: number) {
            // The chunk ended with an error or by os.exit, so the next iteration starts with a new VM.
            host.close()
            self.host = nil
            self.iterationEnded(.failed, pauses: true)
        }
    }

    /// Runs the script's chunk, which only prepares.
    private func prepare() -> ScriptHost {
        let host = self.runner.makeHost(for: self.user, iteration: 0, delegate: self, meter: self.meter)
        self.host = host
        host.hold()
        self.setUser(host, 0)
        host.run()
        return host
    }

    private func setUser(_ host: ScriptHost, _ iterationInTest: Int) {
        host.setUser(
            id: self.user.idInTest, iteration: self.iterations, iterationInTest: iterationInTest,
            scenario: self.runner.scenario.name,
            seed: self.runner.settings.seed(user: self.user.idInTest, iteration: self.iterations))
    }

    func stop(graceful: Duration) {
        self.isStopping = true
        self.timer?.cancel()
        guard case .running = self.state else {
            if case .idle = self.state { self.end() }
            return
        }
        if graceful <= .zero { return self.end() }
        self.timer = self.runner.schedule(TimeAmount(graceful)) { self.end() }
    }

    func keep() {
        guard case .running = self.state else { return }
        self.isStopping = false
        self.timer?.cancel()
    }

    /// The user goes, in the middle of an iteration or between two.
    private func end() {
        if case .running = self.state { self.runner.meter.iterationsInterrupted.add() }
        self.state = .ending
        guard let host = self.host else { return self.leave() }
        self.timer = self.runner.schedule(Self.stopTimeout) { self.leave() }
        host.stop()
    }

    private func leave() {
        if case .gone = self.state { return }
        self.state = .gone
        self.timer?.cancel()
        self.host?.close()
        self.host = nil
        self.runner.userLeft(self.user)
    }

    /// - Parameter pauses: the next one begins after the scenario's `failurePause`, whatever became of connects.
    private func iterationEnded(_ outcome: CallOutcome, pauses: Bool = false) {
        guard case .running = self.state else { return }
        let meter = self.runner.meter
        let duration = (NIODeadline.now() - self.started).nanoseconds
        self.state = .idle
        switch outcome {
        case .returned, .exited("0"):
            meter.iterations.add()
            meter.iterationDuration.record(nanoseconds: duration)
        case .failed, .exited:
            meter.iterationsFailed.add()
            meter.iterationDuration.record(nanoseconds: duration)
        case .cancelled:
            meter.iterationsInterrupted.add()
        }
        self.timer?.cancel()
        self.runner.iterationEnded(self.user, pauses: pauses || self.meter.hasFailedToConnect)
        if self.isStopping, case .idle = self.state { self.end() }
    }

    // MARK: ScriptHostDelegate

    func scriptFailed(_ error: UncaughtError) {
        self.runner.meter.record(error)
    }

    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) {
        guard case .running(let iteration) = self.state, iteration == id else { return }
        self.iterationEnded(outcome)
    }

    func scriptExited(status: Int32) {
        // In the chunk: there is no user to go on with.
        self.iterationEnded(.exited("\(status)"))
    }

    func scriptFinished() { if case .ending = self.state { self.leave() } }
}

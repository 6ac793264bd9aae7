import EngineIOClient
import LoadPlan
import Logging
import Metrics
import NIOCore
import Scripting

/// Runs one scenario on one event loop: does what its machine decides.
final class ScenarioRunner {
    let meter: ScenarioMeter
    private let worker: LoopWorker
    let scenario: Scenario
    private let sink: UserSink
    /// `__ENV` in the script.
    private let environment: [String: String]
    private var machine: ScenarioMachine
    private var users: [Int: any VirtualUser] = [:]
    private var timer: Scheduled<Void>?
    /// Actions are done in their order: what comes up while one is done waits.
    private var actions: [ScenarioAction] = []
    private var isActing = false

    init(
        _ scenario: Scenario, machine: ScenarioMachine, worker: LoopWorker, meter: ScenarioMeter, sink: UserSink
    ) {
        self.scenario = scenario
        self.machine = machine
        self.worker = worker
        self.meter = meter
        self.sink = sink
        self.environment = worker.settings.script.environment.merging(scenario.env) { $1 }
    }

    var settings: LoadSettings { self.worker.settings }

    func start() { self.act { $0.machine.start(at: $0.worker.elapsed, into: &$0.actions) } }

    /// Ends the scenario as if its time were over.
    func stop() { self.act { $0.machine.stop(at: $0.worker.elapsed, into: &$0.actions) } }

    /// The scenario's users from now on, of all loops together; for a plan that is directed from outside.
    func direct(to users: Int, within span: Duration) {
        self.act { $0.machine.direct(to: users, within: span, at: $0.worker.elapsed, into: &$0.actions) }
    }

    /// This loop's.
    var directedUsers: Int { self.machine.directedUsers }
    var isRamping: Bool { self.machine.isRamping }

    /// - Parameter meter: the user's own.
    func makeHost(
        for user: ScenarioUser, iteration: Int, delegate: any ScriptHostDelegate, meter: UserMeter
    ) -> ScriptHost {
        var options = self.settings.script.options
        options.seed = self.settings.seed(user: user.idInTest, iteration: iteration)
        self.settings.network.apply(to: &options.clients, user: user.idInTest)
        let host = ScriptHost(
            loop: self.worker.loop, luaLoop: self.worker.luaLoop, options: options,
            logger: self.settings.script.logger, delegate: delegate, meter: meter, sink: self.sink)
        host.setEnvironment(self.environment)
        return host
    }

    func schedule(_ time: TimeAmount, _ body: @escaping () -> Void) -> Scheduled<Void> {
        self.worker.loop.eventLoop.assumeIsolated().scheduleTask(in: time, body)
    }

    /// - Parameter pauses: as the machine's.
    func iterationEnded(_ user: ScenarioUser, pauses: Bool) {
        self.act { $0.machine.iterationEnded(user, at: $0.worker.elapsed, pauses: pauses, into: &$0.actions) }
    }

    func userLeft(_ user: ScenarioUser) {
        self.users[user.slot] = nil
        self.meter.users.add(-1)
        self.worker.outside.addUsers(-1)
        self.act { $0.machine.userStopped(user, at: $0.worker.elapsed, into: &$0.actions) }
    }

    private func act(_ event: (ScenarioRunner) -> Void) {
        event(self)
        guard !self.isActing else { return }
        self.isActing = true
        while !self.actions.isEmpty {
            let actions = self.actions
            self.actions = []
            for action in actions { self.perform(action) }
        }
        self.isActing = false
    }

    private func perform(_ action: ScenarioAction) {
        switch action {
        case .wake(let time):
            self.timer?.cancel()
            let wait = max(time - self.worker.elapsed, .zero)
            self.timer = self.schedule(TimeAmount(wait)) {
                self.act { $0.machine.wake(at: $0.worker.elapsed, into: &$0.actions) }
            }
        case .startUser(let user):
            self.users[user.slot] =
                self.settings.plan.shape == .bot ? BotUser(user, runner: self) : FunctionUser(user, runner: self)
            self.meter.users.add(1)
            self.worker.outside.addUsers(1)
        case .startIteration(let user, let iteration, _):
            self.users[user.slot]?.startIteration(iteration)
        case .stopUser(let user, let graceful):
            self.users[user.slot]?.stop(graceful: graceful)
        case .keepUser(let user):
            self.users[user.slot]?.keep()
        case .iterationsDropped(let count):
            self.meter.iterationsDropped.add(Double(count))
        case .finished:
            self.timer?.cancel()
            self.worker.scenarioFinished()
        }
    }
}

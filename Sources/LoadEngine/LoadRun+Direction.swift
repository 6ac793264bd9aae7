import EngineIOClient
import EpollLoop
import LoadPlan
import NIOCore
import Synchronization

extension LoadRun {
    /// The longest time that a loop may need to report that its users were started.
    private static let answerTime = TimeAmount.seconds(5)

    /// Sets the number of users of each scenario from now on, in the order of the plan, which must be directed; new
    /// users start evenly within `span`. Safe on any thread, also before the run.
    ///
    /// - Parameter done: called on a loop of the run, when all users were started, with the number of users of each
    ///   scenario. If loops do not answer in time, it is called first without their users, and again when they answer.
    ///   It is not called if the run ends before that.
    package func direct(_ users: [Int], within span: Duration, done: @escaping @Sendable ([Int]) -> Void) {
        let answers = DirectionAnswers(loops: self.workers.count, scenarios: users.count, done: done)
        self.control.next().scheduleTask(in: TimeAmount(span) + Self.answerTime) { answers.waitNoLonger() }
        for worker in self.workers {
            worker.eventLoop.execute { worker.value.direct(users, within: span) { answers.add($0) } }
        }
    }
}

/// Adds up what the loops say, in time.
private final class DirectionAnswers: Sendable {
    private let state: Mutex<(missing: Int, counts: [Int])>
    private let done: @Sendable ([Int]) -> Void

    init(loops: Int, scenarios: Int, done: @escaping @Sendable ([Int]) -> Void) {
        self.state = Mutex((loops, Array(repeating: 0, count: scenarios)))
        self.done = done
    }

    func add(_ counts: [Int]) {
        let sum = self.state.withLock { state -> [Int]? in
            state.missing -= 1
            state.counts = zip(state.counts, counts).map { $0 + $1 }
            return state.missing == 0 ? state.counts : nil
        }
        if let sum { self.done(sum) }
    }

    /// Reports the known numbers; if the other loops answer later, the full numbers are reported then.
    func waitNoLonger() {
        let sum = self.state.withLock { $0.missing > 0 ? $0.counts : nil }
        if let sum { self.done(sum) }
    }
}

extension LoopWorker {
    fileprivate func direct(_ users: [Int], within span: Duration, done: @escaping ([Int]) -> Void) {
        self.whenStarted {
            for (runner, users) in zip(self.runners, users) { runner.direct(to: users, within: span) }
            self.report(after: self.runners.contains(where: \.isRamping) ? TimeAmount(span) : .zero, done)
        }
    }

    /// The last user may start a little later than its time: a machine that is busy has late timers.
    private func report(after time: TimeAmount, _ done: @escaping ([Int]) -> Void) {
        self.loop.eventLoop.assumeIsolated().scheduleTask(in: time) {
            guard self.hasRunningScenarios else { return }
            guard self.runners.contains(where: \.isRamping) else { return done(self.runners.map(\.directedUsers)) }
            self.report(after: .milliseconds(1), done)
        }
    }
}

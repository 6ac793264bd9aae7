import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import ProcessSupport
import Synchronization

/// Shows how a run goes on: each second on a terminal, else a line each ten.
package final class LiveProgress: Sendable {
    private let plan: LoadPlan
    private let isQuiet: Bool
    private let hasColor: Bool
    private let screen: LiveScreen?
    private let person: PersonOutput
    private let views: Mutex<LiveViewMaker>
    private let hasReportedWait = Atomic<Bool>(false)

    /// How often a line is written, in seconds.
    private static let lineInterval = 10

    package init(_ plan: LoadPlan, isQuiet: Bool, hasColor: Bool, person: PersonOutput) {
        self.plan = plan
        self.isQuiet = isQuiet
        self.hasColor = hasColor
        self.person = person
        self.views = Mutex(LiveViewMaker(plan))
        self.screen = isQuiet ? nil : LiveScreen()
    }

    /// - Parameter isStopped: whether something ended the run before its time.
    package func show(_ snapshot: RunSnapshot, isStopped: Bool) {
        if self.isQuiet { return }
        guard let screen else { return self.showLine(snapshot, isStopped: isStopped) }
        var view = self.views.withLock { $0.view(of: snapshot.result) }
        view.progress.isEnding = view.progress.isEnding || isStopped
        screen.show(view, hasColor: self.hasColor)
    }

    private func showLine(_ snapshot: RunSnapshot, isStopped: Bool) {
        let progress = snapshot.progress
        var run = RunProgress(progress.collector.metrics, plan: self.plan, seconds: progress.seconds)
        run.isEnding = run.isEnding || isStopped
        if let waiting = run.waiting, !self.hasReportedWait.exchange(true, ordering: .relaxed) {
            FileDescriptorOutput.standardError.say("eio-lua: \(waiting)")
        }
        guard Int(progress.elapsed.components.seconds) % Self.lineInterval == 0 else { return }
        try? self.person.show(run.line + snapshot.result.troubles)
    }

    package func close() { self.screen?.close() }
}

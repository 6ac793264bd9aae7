import Glibc
import LoadEngine
import LoadPlan
import LoadReport
import ProcessSupport
import Synchronization

/// Shows how a run goes on: each second on a terminal, else a line each ten.
package final class LiveProgress: Sendable {
    private let plan: LoadPlan
    private let isQuiet: Bool
    private let hasColor: Bool
    private let screen: LiveScreen?
    private let person: PersonOutput
    private let hasReportedWait = Atomic<Bool>(false)

    /// How often a line is written, in seconds.
    private static let lineInterval = 10

    package init(_ plan: LoadPlan, isQuiet: Bool, hasColor: Bool, person: PersonOutput) {
        self.plan = plan
        self.isQuiet = isQuiet
        self.hasColor = hasColor
        self.person = person
        self.screen = isQuiet ? nil : LiveScreen()
    }

    /// - Parameter isStopped: whether something ended the run before its time.
    package func show(_ snapshot: RunSnapshot, isStopped: Bool) {
        if self.isQuiet { return }
        let progress = snapshot.progress
        var view = LiveView(progress.collector, plan: self.plan, seconds: progress.seconds)
        view.isEnding = view.isEnding || isStopped
        if let screen {
            let (width, height) = screen.size
            let lines = { view.lines(width: width, height: height, hasColor: $0) }
            return screen.show(lines(self.hasColor), widths: lines(false).map(\.count))
        }
        if let waiting = view.waiting, !self.hasReportedWait.exchange(true, ordering: .relaxed) {
            FileDescriptorOutput.standardError.say("eio-lua: \(waiting)")
        }
        guard Int(progress.elapsed.components.seconds) % Self.lineInterval == 0 else { return }
        try? self.person.show(view.progressLine)
    }

    package func close() { self.screen?.close() }
}

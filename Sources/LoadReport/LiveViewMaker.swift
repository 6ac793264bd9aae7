import LoadPlan
import Metrics

/// Makes a run's view second after second, in which rows keep their places as far as they can.
package struct LiveViewMaker: Sendable {
    private struct CheckKey: Hashable {
        let group, name: ExactText
    }

    /// Seconds for which a threshold that failed stays with those that fail.
    private static let failureTime = 10.0

    private let plan: LoadPlan
    /// By the thresholds' places, the second when each failed last.
    private var failures: [Int: Double] = [:]
    private var checks = SteadyOrder<CheckKey>()
    private var errors = SteadyOrder<ErrorTable.Key>()
    private var names = NameRates()

    package init(_ plan: LoadPlan) { self.plan = plan }

    /// - Parameter result: so far, with its thresholds as they are now.
    package mutating func view(of result: RunResult) -> LiveView {
        var view = LiveView(RunProgress(result.metrics, plan: self.plan, seconds: result.run.seconds))
        view.figures = LiveFigures(result)
        self.addThresholds(of: result, to: &view)
        self.addChecks(of: result, to: &view)
        self.addErrors(of: result, to: &view)
        view.names = self.names.list(result)
        return view
    }

    private mutating func addThresholds(of result: RunResult, to view: inout LiveView) {
        let thresholds = result.run.thresholds
        let now = result.run.seconds
        for (place, threshold) in thresholds.enumerated() where threshold.value != nil {
            view.evaluated += 1
            if threshold.passed { continue }
            view.failing += 1
            self.failures[place] = now
        }
        let isUrgent = thresholds.indices.map { place in
            self.failures[place].map { now - $0 < Self.failureTime } ?? false
        }
        let places = thresholds.indices.filter { isUrgent[$0] } + thresholds.indices.filter { !isUrgent[$0] }
        let rows = places.prefix(LiveView.List<LiveThreshold>.maximumRows).map { place in
            LiveThreshold(thresholds[place], result)
        }
        view.thresholds = .init(rows: rows, count: thresholds.count)
    }

    private mutating func addChecks(of result: RunResult, to view: inout LiveView) {
        let checks = result.metrics.checks
        for check in checks {
            view.passes.addUpToTheMost(check.passes)
            view.checked.addUpToTheMost(check.total)
        }
        let order = self.checks.order(
            checks.map { CheckKey(group: ExactText($0.group), name: ExactText($0.name)) },
            weights: checks.map { Double($0.fails) }, limit: LiveView.List<CheckResult>.maximumRows)
        view.checks = .init(rows: order.map { checks[$0] }, count: checks.count)
    }

    private mutating func addErrors(of result: RunResult, to view: inout LiveView) {
        let limit = LiveView.List<LiveError>.maximumRows
        // The keys are texts of up to 1000 bytes: only those that may be shown are looked up.
        let entries = SteadyOrder<ErrorTable.Key>.greatest(limit, of: result.errors.entries) { Double($0.value.count) }
            .sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
        let order = self.errors.order(
            entries.map(\.key), weights: entries.map { Double($0.value.count) }, limit: limit)
        let rows = order.map { place in
            let (key, entry) = entries[place]
            return LiveError(
                count: entry.count, place: key.name.isEmpty ? key.kind : "\(key.kind) \(key.name)", text: key.text)
        }
        view.errors = .init(rows: rows, count: result.errors.entries.count)
    }
}

extension LiveThreshold {
    fileprivate init(_ threshold: RunDescription.Threshold, _ result: RunResult) {
        let value = threshold.value.map { value in
            result.metrics[threshold.selector].map {
                ReportNumber.value(value, of: threshold.expression.aggregation, $0.definition)
            } ?? ReportNumber.plain(value)
        }
        self.init(
            selector: "\(threshold.selector)", expression: "\(threshold.expression)", value: value ?? "no value yet",
            state: value == nil ? .waiting : threshold.passed ? .holding : .failing)
    }
}

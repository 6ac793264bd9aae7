import LoadReport
import Metrics

/// Makes reports of what is measured: the differences between totals that only grow.
///
/// A test may have several sources, one for each script, whose requests of one name are added up.
package struct RequestTally: Sendable {
    private struct Source {
        var rows: [StatisticsReport.Request: LocustRequests.Row] = [:]
        var failures: [ErrorTable.Key: UInt64] = [:]
    }

    private var sources: [Int: Source] = [:]
    private var pending = StatisticsReport(at: 0)
    /// The totals of all reports of the test.
    package private(set) var reported = Reported()

    package struct Reported: Equatable, Sendable {
        package var requests = 0
        package var failures = 0
    }

    package init() {}

    /// A new test: its totals begin at zero.
    package mutating func startTest() { self = RequestTally() }

    /// Forgets what was measured and not reported yet.
    package mutating func dropPending() { self.pending = StatisticsReport(at: 0) }

    /// - Parameters:
    ///   - requests: the source's totals since the test's start.
    ///   - errors: the same.
    ///   - time: now, in seconds since 1970.
    package mutating func add(_ requests: LocustRequests, errors: ErrorTable, source number: Int, at time: Double) {
        var source = self.sources[number] ?? Source()
        // A script may call a time "connect", and names that are cut may become one.
        let rows = Dictionary(
            requests.rows.map { (StatisticsReport.Request(method: $0.method, name: $0.name), $0) },
            uniquingKeysWith: { $0.adding($1) })
        for (request, row) in rows { self.add(row, since: source.rows[request], to: request, at: time) }
        source.rows = rows
        for (key, entry) in errors.entries {
            guard let (method, name) = key.request else { continue }
            let known = source.failures.updateValue(entry.count, forKey: key) ?? 0
            guard entry.count > known else { continue }
            let failure = StatisticsReport.Failure(request: .init(method: method, name: name), text: key.text)
            var occurrences =
                self.pending.failures[failure] ?? .init(count: 0, first: known == 0 ? entry.first : time, last: time)
            occurrences.count += Int(clamping: entry.count - known)
            occurrences.last = entry.last
            self.pending.failures[failure] = occurrences
        }
        self.sources[number] = source
    }

    /// The requests since the last report.
    package mutating func takeReport(at time: Double) -> StatisticsReport {
        var report = self.pending
        report.time = time
        self.pending = StatisticsReport(at: time)
        let total = report.total
        self.reported.requests += total.requests
        self.reported.failures += total.failures
        return report
    }

    private mutating func add(
        _ row: LocustRequests.Row, since known: LocustRequests.Row?, to request: StatisticsReport.Request,
        at time: Double
    ) {
        let requests = Int(row.count) - Int(known?.count ?? 0)
        let failures = Int(row.failures) - Int(known?.failures ?? 0)
        guard requests > 0 || failures > 0 else { return }
        var entry = StatisticsReport.Entry(at: time)
        let times = known.map { row.times.since($0.times) } ?? row.times
        entry.requests = requests
        entry.failures = failures
        entry.untimed = max(entry.requests - Int(times.count), 0)
        let second = Int(time)
        entry.requestsBySecond[second] = entry.requests
        if failures > 0 { entry.failuresBySecond[second] = entry.failures }
        if !times.isEmpty {
            entry.totalTime = times.sum / Self.nanoseconds
            entry.minTime = times.min / Self.nanoseconds
            entry.maxTime = times.max / Self.nanoseconds
            for (value, count) in times.distribution {
                entry.times[StatisticsReport.rounded(value / Self.nanoseconds), default: 0] += Int(count)
            }
        }
        self.pending.entries[request, default: StatisticsReport.Entry(at: time)].add(entry)
    }

    /// In a millisecond.
    private static let nanoseconds = 1e6
}

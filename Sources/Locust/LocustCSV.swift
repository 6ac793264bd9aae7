import JSONText
import LoadReport
import Metrics

/// The four files of Locust's `--csv`, with its columns. Times are milliseconds and, unlike Locust's, not cut to whole
/// ones.
package enum LocustCSV {
    private static let percentiles: [Double] = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100]
    private static var percentileNames: [String] { Self.percentiles.map { $0.plainText + "%" } }

    /// `PREFIX_stats.csv`, rewritten each time.
    /// - Parameter seconds: since the start.
    package static func statistics(_ metrics: MetricSet, seconds: Double) -> String {
        let requests = LocustRequests(metrics)
        let header =
            [
                "Type", "Name", "Request Count", "Failure Count", "Median Response Time", "Average Response Time",
                "Min Response Time", "Max Response Time", "Average Content Size", "Requests/s", "Failures/s",
            ] + Self.percentileNames
        let rows = (requests.rows + [requests.aggregated]).map { row in
            let rate = { (count: UInt64) in (seconds > 0 ? Double(count) / seconds : 0).short(6) }
            return [row.method, row.name, String(row.count), String(row.failures)] + Self.summary(row.times)
                + ["0", rate(row.count), rate(row.failures)] + Self.percentiles(row.times)
        }
        return Self.text([header] + rows)
    }

    /// The first line of `PREFIX_stats_history.csv`.
    package static var historyHeader: String {
        let first = ["Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s"]
        let last = [
            "Total Request Count", "Total Failure Count", "Total Median Response Time",
            "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
            "Total Average Content Size",
        ]
        return Self.text([first + Self.percentileNames + last])
    }

    /// `PREFIX_failures.csv`, rewritten each time: the errors of connects, of `time` names and
    /// of acks.
    package static func failures(_ errors: ErrorTable) -> String {
        let header = ["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"]
        let rows = errors.sorted.compactMap { key, entry in
            key.request.map { request in
                [
                    request.method, request.name, key.text, String(entry.count),
                    Timestamp.rfc3339(seconds: entry.first), Timestamp.rfc3339(seconds: entry.last),
                ]
            }
        }
        return Self.text([header] + rows)
    }

    /// `PREFIX_exceptions.csv`, rewritten each time: all other errors. A first line of a text is the message, the
    /// lines after it are the traceback.
    /// - Parameter node: this machine's name.
    package static func exceptions(_ errors: ErrorTable, node: String) -> String {
        let rows = errors.sorted.filter { $0.key.request == nil }.map { key, entry in
            let (first, rest) = key.text.firstLine
            return [String(entry.count), first, rest, node]
        }
        return Self.text([["Count", "Message", "Traceback", "Nodes"]] + rows)
    }

    static func summary(_ times: Histogram) -> [String] {
        [times.median, times.mean, times.min, times.max].map { ($0 / 1e6).short(6) }
    }

    static func percentiles(_ times: Histogram) -> [String] {
        if times.isEmpty { return Self.percentiles.map { _ in "N/A" } }
        return times.percentiles(Self.percentiles).map { ($0 / 1e6).short(3) }
    }

    static func text(_ rows: [[String]]) -> String {
        rows.map { CSVRow.text($0, lineBreak: "\r\n") }.joined()
    }
}

extension ErrorTable.Key {
    /// The request that failed, if the error is that of a connect, of a `time` or of an ack; for Locust all others are
    /// exceptions.
    package var request: (method: String, name: String)? {
        switch self.kind {
        case "connect", "time": (LocustRequests.engineIOType, self.name.isEmpty ? self.kind : self.name)
        case "ack": (LocustRequests.socketIOType, self.name)
        case "namespace": (LocustRequests.socketIOType, LocustRequests.connectName)
        default: nil
        }
    }
}

extension String {
    /// The text before the first line break, and after it.
    package var firstLine: (first: String, rest: String) {
        let lines = self.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        return (String(Substring(lines[0])), lines.count > 1 ? String(Substring(lines[1])) : "")
    }
}

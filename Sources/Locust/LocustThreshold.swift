import LoadPlan
import Metrics

/// A threshold as a master can judge it, which knows requests by name and failures, and nothing else.
struct LocustThreshold: Equatable, Sendable {
    /// The source of its figure.
    enum Subject: Equatable, Sendable {
        /// Response times of requests.
        case times(Requests)
        /// Failed requests.
        case failures(Requests)
        /// Errors of iterations, handlers or tasks.
        case exceptions(String)
        /// Failed requests and exceptions.
        case errors
    }

    /// Requests of one type.
    struct Requests: Equatable, Sendable {
        /// `EIO` or `SIO`.
        let method: String
        /// Nil for all but the connects.
        let name: String?
    }

    let threshold: Threshold
    let subject: Subject

    /// Nil, with a problem noted, for what the master does not know.
    init?(_ threshold: Threshold, _ problems: ProblemList) {
        guard let subject = Self.subject(of: threshold.selector) else {
            problems.add(
                threshold.path, "\"\(threshold.selector)\"",
                "a Locust master does not know it: it has eio_time, eio_time{name:…}, eio_connect, sio_ack, "
                    + "sio_ack{event:…}, sio_connect, eio_errors, eio_errors{kind:…} and "
                    + "eio_connects{result:failed}; judge it with eio-lua load, or omit all with --no-thresholds")
            return nil
        }
        self.threshold = threshold
        self.subject = subject
        let aggregation = threshold.expression.aggregation
        let isCounter: Bool
        if case .times = subject { isCounter = false } else { isCounter = true }
        guard aggregation.applies(to: isCounter ? .counter : .trend) else {
            let kind: MetricKind = isCounter ? .counter : .trend
            problems.add(
                threshold.path, "\"\(threshold.expression)\"",
                "\"\(threshold.selector)\" is a \(kind.rawValue), which has \(Aggregation.names(for: kind)), "
                    + "but no \(aggregation)")
            return nil
        }
    }

    private static let connect = Requests(method: LocustRequests.engineIOType, name: LocustRequests.connectName)
    private static let namespaces = Requests(method: LocustRequests.socketIOType, name: LocustRequests.connectName)

    private static func timed(_ name: String?) -> Requests { Requests(method: LocustRequests.engineIOType, name: name) }

    private static func event(_ name: String?) -> Requests { Requests(method: LocustRequests.socketIOType, name: name) }

    private static func subject(of selector: MetricSelector) -> Subject? {
        var tags: [String: String] = [:]
        for tag in selector.tags.tags { tags[tag.key] = tag.value }
        switch (selector.metric, tags.keys.sorted()) {
        case ("eio_time", []): return .times(Self.timed(nil))
        case ("eio_time", ["name"]): return .times(Self.timed(tags["name"]))
        case ("sio_ack", []): return .times(Self.event(nil))
        case ("sio_ack", ["event"]): return .times(Self.event(tags["event"]))
        case ("sio_connect", []): return .times(Self.namespaces)
        case ("eio_connect", []): return .times(Self.connect)
        case ("eio_connect", ["phase"]) where tags["phase"] == "total": return .times(Self.connect)
        case ("eio_connects", ["result"]) where tags["result"] == "failed": return .failures(Self.connect)
        case ("eio_errors", []): return .errors
        case ("eio_errors", ["kind"]):
            switch tags["kind"] {
            case "connect": return .failures(Self.connect)
            case "namespace": return .failures(Self.namespaces)
            case "ack": return .failures(Self.event(nil))
            case "time": return .failures(Self.timed(nil))
            case "iteration"?, "handler"?, "task"?: return tags["kind"].map { .exceptions($0) }
            default: return nil
            }
        case ("eio_errors", ["kind", "name"]) where tags["kind"] == "time": return .failures(Self.timed(tags["name"]))
        case ("eio_errors", ["kind", "name"]) where tags["kind"] == "ack": return .failures(Self.event(tags["name"]))
        default: return nil
        }
    }

    // MARK: In Python

    /// An entry of the file's list: what it says when it fails, and its figure.
    var python: String {
        let expression = self.threshold.expression
        let text = PythonText.literal("\(self.threshold.selector): \(expression)")
        let comparison = expression.comparison.rawValue
        return "(\(text), lambda environment: \(self.figure), \"\(comparison)\", \(expression.value))"
    }

    private var figure: String {
        switch self.subject {
        case .times(let requests): "_eio_time(environment, \(Self.arguments(requests)), \(self.statistic))"
        case .failures(let requests): self.perTime("_eio_entry(environment, \(Self.arguments(requests))).num_failures")
        case .exceptions(let kind): self.perTime("_eio_exceptions(environment, \(PythonText.literal(kind)))")
        case .errors: self.perTime("environment.stats.total.num_failures + _eio_exceptions(environment)")
        }
    }

    private static func arguments(_ requests: Requests) -> String {
        "\"\(requests.method)\", \(requests.name.map(PythonText.literal) ?? "None")"
    }

    private func perTime(_ count: String) -> String {
        self.threshold.expression.aggregation == .rate ? "(\(count)) / _eio_seconds(environment)" : count
    }

    private var statistic: String {
        switch self.threshold.expression.aggregation {
        case .average: "\"avg_response_time\""
        case .minimum: "\"min_response_time\""
        case .maximum: "\"max_response_time\""
        case .median: "0.5"
        case .percentile(let percentile): "\(percentile / 100)"
        case .count, .rate, .value: "\"num_requests\""
        }
    }
}

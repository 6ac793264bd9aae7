/// A message from a worker to its master.
///
/// The master does not check messages: a missing key, a wrong type or a text that is not UTF-8 ends its listener, and
/// with it the test of all workers. So only these messages can be sent, each of them complete.
package enum WorkerMessage: Equatable, Sendable {
    /// The state of this worker for the master; any other word would make it count the worker out.
    package enum State: String, Sendable {
        case ready, spawning, running
    }

    case clientReady
    /// - cpu: percent of what the worker can use.
    /// - memory: bytes.
    case heartbeat(State, cpu: Double, memory: Int)
    case spawning
    case spawningComplete(UserCounts)
    case statistics(StatisticsReport, UserCounts)
    case exception(message: String, traceback: String)
    /// All lines that the master is to show; it forgets those it had.
    case logs([String])
    case clientStopped
    case quit

    package var type: String {
        switch self {
        case .clientReady: "client_ready"
        case .heartbeat: "heartbeat"
        case .spawning: "spawning"
        case .spawningComplete: "spawning_complete"
        case .statistics: "stats"
        case .exception: "exception"
        case .logs: "logs"
        case .clientStopped: "client_stopped"
        case .quit: "quit"
        }
    }

    /// As it goes over the wire.
    package func value(from node: String) -> MessageValue {
        .array([.string(self.type), self.data(node), .string(node)])
    }

    private func data(_ node: String) -> MessageValue {
        switch self {
        // Says that its version is not to be compared with the master's.
        case .clientReady: -1
        case .heartbeat(let state, let cpu, let memory):
            [
                "state": .string(state.rawValue), "current_cpu_usage": .number(cpu),
                "current_memory_usage": .int(max(memory, 0)),
            ]
        case .spawningComplete(let counts): .map(counts.pairs)
        case .statistics(let report, let counts): .map(report.pairs + counts.pairs)
        case .exception(let message, let traceback):
            [
                "msg": .string(boundedText(message, bytes: 1000)),
                "traceback": .string(boundedText(traceback, bytes: 4000)),
            ]
        case .logs(let lines):
            ["worker_id": .string(node), "logs": .array(lines.map { .string(boundedText($0, bytes: 1000)) })]
        case .spawning, .clientStopped, .quit: .null
        }
    }
}

extension MessageValue {
    /// Infinities and NaN would be compared with numbers.
    static func number(_ value: Double) -> MessageValue { .double(value.isFinite ? value : 0) }

    fileprivate static func map(_ counts: [Int: Int]) -> MessageValue {
        .map(counts.sorted { $0.key < $1.key }.map { Pair(key: .int($0.key), value: .int($0.value)) })
    }
}

extension UserCounts {
    fileprivate var pairs: [MessageValue.Pair] {
        // The master takes a map with such a key for a value of another type, and fails to make it.
        let counts = self.filter { $0.key != "__datetime__" && $0.key != "__ObjectId__" }.sorted { $0.key < $1.key }
        let classes = counts.map { MessageValue.Pair(key: .string($0.key), value: .int($0.value)) }
        return [
            .init(key: "user_classes_count", value: .map(classes)),
            .init(key: "user_count", value: .int(counts.reduce(0) { $0 + $1.value })),
        ]
    }
}

extension StatisticsReport {
    fileprivate var pairs: [MessageValue.Pair] {
        let entries = self.entries.sorted { ($0.key.method, $0.key.name) < ($1.key.method, $1.key.name) }
        let failures = self.failures.map { failure, occurrences in
            // The method before it keeps the key off the two that the master takes for values.
            let key = "\(failure.request.method).\(failure.request.name).\(failure.text)"
            return MessageValue.Pair(key: .string(key), value: failure.value(occurrences))
        }
        return [
            .init(key: "stats", value: .array(entries.map { $0.value.value($0.key.method, $0.key.name) })),
            .init(key: "stats_total", value: self.total.value("", "Aggregated")),
            .init(key: "errors", value: .map(failures)),
        ]
    }
}

extension StatisticsReport.Failure {
    fileprivate func value(_ occurrences: StatisticsReport.Occurrences) -> MessageValue {
        [
            "name": .string(self.request.name), "method": .string(self.request.method), "error": .string(self.text),
            "occurrences": .int(occurrences.count), "first_seen": .number(occurrences.first),
            "last_seen": .number(occurrences.last),
        ]
    }
}

extension StatisticsReport.Entry {
    fileprivate func value(_ method: String, _ name: String) -> MessageValue {
        [
            "name": .string(name), "method": .string(method),
            "last_request_timestamp": self.requests > 0 ? .number(self.lastTime) : .null,
            "start_time": .number(self.firstTime), "num_requests": .int(self.requests),
            "num_none_requests": .int(self.untimed), "num_failures": .int(self.failures),
            "total_response_time": .number(self.totalTime), "max_response_time": .number(self.maxTime),
            // A 0 would become the least time of the whole test.
            "min_response_time": self.minTime.map(MessageValue.number) ?? .null,
            "total_content_length": 0, "response_times": .map(self.times),
            "num_reqs_per_sec": .map(self.requestsBySecond), "num_fail_per_sec": .map(self.failuresBySecond),
        ]
    }
}

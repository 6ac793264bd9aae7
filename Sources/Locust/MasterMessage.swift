/// What a master tells its workers (Locust, "runners.py").
package enum MasterMessage: Equatable, Sendable {
    /// The worker is registered. Its index is from 0 and stays with its name; masters before 2.10.3 send none.
    case ack(index: Int?)
    case spawn(SpawnOrder)
    /// All workers have started what they were told to.
    case spawningComplete
    case heartbeat
    case stop
    case quit
    case reconnect
    /// Known and without effect on a worker, or of another version.
    case other(String)

    /// Nil for what no master says.
    package init?(_ value: MessageValue) {
        guard case .array(let parts) = value, parts.count == 3, let type = parts[0].string else { return nil }
        switch type {
        case "ack": self = .ack(index: parts[1]["index"]?.int.flatMap { (0..<1_000_000).contains($0) ? $0 : nil })
        case "spawn":
            guard let order = SpawnOrder(parts[1]) else { return nil }
            self = .spawn(order)
        case "spawning_complete": self = .spawningComplete
        case "heartbeat": self = .heartbeat
        case "stop": self = .stop
        case "quit": self = .quit
        case "reconnect": self = .reconnect
        default: self = .other(type)
        }
    }
}

/// How many users of each class this worker is to have: not a difference, and replaced by the next order.
package struct SpawnOrder: Equatable, Sendable {
    /// The master's clock, in seconds; an order that is not later than the last one is stale.
    package var timestamp: Double
    package var users: UserCounts
    /// What stands in the web page's field "Host"; nil for nothing.
    package var host: String?
    /// How long users may take to stop, in seconds.
    package var stopTimeout: Double
    /// Whether what was measured while users were started is to be forgotten.
    package var resetsStatistics: Bool

    package init(
        timestamp: Double, users: UserCounts, host: String? = nil, stopTimeout: Double = 0,
        resetsStatistics: Bool = false
    ) {
        (self.timestamp, self.users, self.host) = (timestamp, users, host)
        (self.stopTimeout, self.resetsStatistics) = (stopTimeout, resetsStatistics)
    }

    /// More users than any machine can have; a count past it is a mistake.
    private static let mostUsers = 100_000_000

    init?(_ value: MessageValue) {
        guard let timestamp = value["timestamp"]?.double, case .map(let counts)? = value["user_classes_count"] else {
            return nil
        }
        var users = UserCounts()
        for pair in counts {
            guard let name = pair.key.string, let count = pair.value.int else { return nil }
            users[name] = min(max(count, 0), Self.mostUsers)
        }
        let host = value["host"]?.string
        self.init(
            timestamp: timestamp, users: users, host: host?.isEmpty == false ? host : nil,
            stopTimeout: min(max(value["stop_timeout"]?.double ?? 0, 0), 86_400),
            resetsStatistics: value["parsed_options"]?["reset_stats"] == .bool(true))
    }
}

/// Users of each class, by the class's name.
package typealias UserCounts = [String: Int]

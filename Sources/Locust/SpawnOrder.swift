/// How many users of each class this worker is to have: not a difference, and replaced by the next order.
package struct SpawnOrder: Equatable, Sendable {
    /// The master's clock, in seconds; an order that is not later than the last one is stale.
    package var timestamp: Double
    package var users: UserCounts
    /// The web page's field "Host"; nil if it is empty.
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

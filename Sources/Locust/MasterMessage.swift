/// A message of a master to its workers (Locust, "runners.py").
package enum MasterMessage: Equatable, Sendable {
    /// The worker is registered. Its index is from 0 and stays with its name; masters before 2.10.3 send none.
    case ack(index: Int?)
    case spawn(SpawnOrder)
    /// All workers have started the users that they were ordered to start.
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

/// Users of each class, by the class's name.
package typealias UserCounts = [String: Int]

/// The metrics that every run has, with k6's names where k6 has one.
package enum BuiltInMetric: Int, CaseIterable, Sendable {
    case checks
    case dataReceived
    case dataSent
    case droppedIterations
    case groupDuration
    case interruptedIterations
    case iterationDuration
    case iterations
    /// Iterations that began: those in `iterations`, those that failed and those that were interrupted.
    case iterationsStarted
    /// Iterations that an error ended.
    case iterationsFailed
    case vus
    case vusMax
    /// Time of one phase of connecting; tag `phase`: dns, tcp, tls, handshake, upgrade, total.
    case connect
    /// Connects by their end; tag `result`: opened, failed, interrupted.
    case connects
    case connectsStarted
    /// Ended connections; tag `reason`.
    case disconnects
    /// Errors; tag `kind`, for failed times `name` too.
    case errors
    /// How late the loops' timers are.
    case loopLag
    /// Messages that `send` took.
    case messagesAccepted
    /// Messages that were accepted and never written; tag `reason`.
    case messagesDiscarded
    case messagesReceived
    /// Messages written.
    case messagesSent
    /// Time of a `pace` step since its intended start.
    case paceResponse
    /// Time of a `pace` step since its real start.
    case paceService
    /// Time between the server's pings.
    case pingGap
    case sessionDuration
    /// The times of the script's `time`; tag `name`.
    case time
    /// Users by state; tag `state`.
    case users
    /// Time from a Socket.IO event that wants an ack to its ack; tag `event`.
    case sioAck
    /// Events that wanted an ack, by its end; tags `event` and `result`: ok, timeout, disconnected.
    case sioAcks
    /// Events that wanted an ack, and whose ack has not ended; tag `event`.
    case sioAcksOpen
    /// Time from CONNECT to its answer; tag `namespace`.
    case sioConnect
    case sioEventsReceived
    /// Events that the client accepted.
    case sioEventsSent
    /// Attempts to connect again after a loss; tag `result`: ok, failed, interrupted.
    case sioReconnects

    package var definition: MetricDefinition {
        switch self {
        case .checks: .init(name: "checks", kind: .rate)
        case .dataReceived: .init(name: "data_received", kind: .counter, contains: .data)
        case .dataSent: .init(name: "data_sent", kind: .counter, contains: .data)
        case .droppedIterations: .init(name: "dropped_iterations", kind: .counter)
        case .groupDuration: .init(name: "group_duration", kind: .trend, contains: .time)
        case .interruptedIterations: .init(name: "interrupted_iterations", kind: .counter)
        case .iterationDuration: .init(name: "iteration_duration", kind: .trend, contains: .time)
        case .iterations: .init(name: "iterations", kind: .counter)
        case .iterationsStarted: .init(name: "iterations_started", kind: .counter)
        case .iterationsFailed: .init(name: "iterations_failed", kind: .counter)
        case .vus: .init(name: "vus", kind: .gauge, isLevel: true)
        case .vusMax: .init(name: "vus_max", kind: .gauge, isLevel: true)
        case .connect: .init(name: "eio_connect", kind: .trend, contains: .time)
        case .connects: .init(name: "eio_connects", kind: .counter)
        case .connectsStarted: .init(name: "eio_connects_started", kind: .counter)
        case .disconnects: .init(name: "eio_disconnects", kind: .counter)
        case .errors: .init(name: "eio_errors", kind: .counter)
        case .loopLag: .init(name: "eio_loop_lag", kind: .trend, contains: .time)
        case .messagesAccepted: .init(name: "eio_messages_accepted", kind: .counter)
        case .messagesDiscarded: .init(name: "eio_messages_discarded", kind: .counter)
        case .messagesReceived: .init(name: "eio_messages_received", kind: .counter)
        case .messagesSent: .init(name: "eio_messages_sent", kind: .counter)
        case .paceResponse: .init(name: "eio_pace_response", kind: .trend, contains: .time)
        case .paceService: .init(name: "eio_pace_service", kind: .trend, contains: .time)
        case .pingGap: .init(name: "eio_ping_gap", kind: .trend, contains: .time)
        case .sessionDuration: .init(name: "eio_session_duration", kind: .trend, contains: .time)
        case .time: .init(name: "eio_time", kind: .trend, contains: .time)
        case .users: .init(name: "eio_users", kind: .gauge, isLevel: true)
        case .sioAck: .init(name: "sio_ack", kind: .trend, contains: .time)
        case .sioAcks: .init(name: "sio_acks", kind: .counter)
        case .sioAcksOpen: .init(name: "sio_acks_open", kind: .gauge, isLevel: true)
        case .sioConnect: .init(name: "sio_connect", kind: .trend, contains: .time)
        case .sioEventsReceived: .init(name: "sio_events_received", kind: .counter)
        case .sioEventsSent: .init(name: "sio_events_sent", kind: .counter)
        case .sioReconnects: .init(name: "sio_reconnects", kind: .counter)
        }
    }

    /// k6's names for what a WebSocket does, each a part of a metric that every transport has: they can be asked for in
    /// thresholds and cost nothing to record.
    static let aliases: [String: MetricSelector] = [
        "ws_sessions": Self.ofWebSocket(.connects, ["result": "opened"]),
        "ws_connecting": Self.ofWebSocket(.connect, ["phase": "total"]),
        "ws_session_duration": Self.ofWebSocket(.sessionDuration),
        "ws_msgs_sent": Self.ofWebSocket(.messagesSent),
        "ws_msgs_received": Self.ofWebSocket(.messagesReceived),
        "ws_ping": Self.ofWebSocket(.pingGap),
    ]

    private static func ofWebSocket(_ metric: Self, _ tags: TagSet = TagSet()) -> MetricSelector {
        MetricSelector(metric: metric.definition.name, tags: tags.setting("transport", to: "websocket"))
    }
}

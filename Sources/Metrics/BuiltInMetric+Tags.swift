extension BuiltInMetric {
    package static func named(_ name: String) -> BuiltInMetric? { Self.byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: Self.allCases.map { ($0.definition.name, $0) })

    /// The tags that the program gives to the metric's samples, beside those of the run and its scenarios.
    package var tagKeys: [String] {
        switch self {
        case .checks: ["check", "group", "scenario"]
        case .time: ["name", "group", "scenario"]
        case .groupDuration, .paceResponse, .paceService: ["group", "scenario"]
        case .connect: ["phase", "transport", "scenario"]
        case .connects: ["result", "transport", "scenario"]
        case .disconnects, .messagesDiscarded: ["reason", "transport", "scenario"]
        case .errors: ["kind", "name", "scenario"]
        case .users: ["state", "scenario"]
        case .sioAck, .sioAcksOpen, .sioEventsReceived, .sioEventsSent: ["event", "scenario"]
        case .sioAcks: ["event", "result", "scenario"]
        case .sioConnect: ["namespace", "scenario"]
        case .sioReconnects: ["result", "scenario"]
        case .dataReceived, .dataSent, .messagesAccepted, .messagesReceived, .messagesSent, .pingGap, .sessionDuration:
            ["transport", "scenario"]
        case .connectsStarted, .droppedIterations, .interruptedIterations, .iterationDuration, .iterations,
            .iterationsStarted, .iterationsFailed, .vus:
            ["scenario"]
        // Of a loop, which all scenarios share.
        case .loopLag, .vusMax: []
        }
    }

    /// All values that a tag of the metric can have, where the program has a fixed set of them.
    package func values(of key: String) -> [String]? {
        switch (key, self) {
        case ("phase", _): ["dns", "tcp", "tls", "handshake", "upgrade", "total"]
        case ("result", .sioAcks): ["ok", "timeout", "disconnected"]
        case ("result", .sioReconnects): ["ok", "failed", "interrupted"]
        case ("result", _): ["opened", "failed", "interrupted"]
        case ("state", _): ["connecting", "connected"]
        case ("transport", _): ["polling", "websocket"]
        default: nil
        }
    }
}

import EngineIO

/// Makes the transports of a session. A new transport is one more row.
struct TransportTable {
    typealias Make<Made> = (ClientSession) -> Made

    /// Those that a session can be opened by.
    var transports: [Transport: Make<any SessionTransport>]
    /// Those that can take over an open session.
    var targets: [Transport: Make<any UpgradeTarget>]

    /// Shared by all sessions, and never changed: its functions capture nothing.
    nonisolated(unsafe) static let standard = TransportTable(
        transports: [.polling: { PollingTransport($0) }, .websocket: { WebSocketHandler($0) }],
        targets: [.websocket: { WebSocketHandler($0) }])
}

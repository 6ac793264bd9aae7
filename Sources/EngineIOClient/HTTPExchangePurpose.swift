import EngineIO
import NIOHTTP1

/// The purpose of a request, and the rules that follow from it.
struct HTTPExchangePurpose: Sendable {
    /// The transport of which the request is a part.
    let transport: Transport
    let method: HTTPMethod
    /// Whether an answer 101 turns the connection over to another protocol.
    let switchesProtocols: Bool
    /// Whether a trace shows the headers of the request and of its answer.
    let isTracedWithHeaders: Bool
    /// The rule for the body of an answer with a status of success.
    private let successBody: @Sendable (_ limit: Int) -> AnswerBodyRule

    /// Whether repeating the request is harmless even if the server has read it (RFC 9110, section 9.2.2).
    var isIdempotent: Bool { self.method == .GET }

    /// The rule for the body of an answer.
    ///
    /// - Parameter maximumMessageSize: the longest message that the session receives, in bytes.
    func body(of head: HTTPAnswerHead, maximumMessageSize: Int) -> AnswerBodyRule {
        guard head.isSuccess else { return .start }
        // Base64 and the packet types make a body longer than its messages; a buffer has at most 4 GiB.
        return self.successBody(min(maximumMessageSize / 3 * 4 + 65536, Int(UInt32.max) / 2))
    }

    /// The first request of a session by polling.
    static let opening = Self(
        transport: .polling, method: .GET, switchesProtocols: false, isTracedWithHeaders: true,
        successBody: AnswerBodyRule.opening)
    static let poll = Self(
        transport: .polling, method: .GET, switchesProtocols: false, isTracedWithHeaders: false,
        successBody: AnswerBodyRule.whole)
    static let post = Self(
        transport: .polling, method: .POST, switchesProtocols: false, isTracedWithHeaders: false,
        successBody: { _ in .unread })
    static let webSocket = Self(
        transport: .websocket, method: .GET, switchesProtocols: true, isTracedWithHeaders: true,
        successBody: { _ in .short })
}

import EngineIO
import Testing

@testable import EngineIOServer

struct EngineIORequestTests {
    private static let sessions: [String: ServerSessionStateMachine] = [
        "poller": .overRequests, "socket": .overWebSocket,
    ]

    private func judge(
        _ method: String, _ query: String, form: EngineIORequest.Form = .plain,
        transports: Set<Transport> = [.polling, .websocket]
    ) throws -> EngineIORequest {
        try EngineIORequest(
            method: method, query: EngineIOQuery(uri: "/engine.io/?" + query), form: form,
            transports: transports,
            acceptedBySession: { Self.sessions[$0]?.acceptedRequests })
    }

    @Test func acceptsWhatTheProtocolHas() throws {
        #expect(try self.judge("GET", "EIO=4&transport=polling") == .handshake)
        #expect(try self.judge("GET", "EIO=4&transport=websocket", form: .webSocketHandshake) == .webSocketHandshake)
        #expect(try self.judge("GET", "EIO=4&transport=polling&sid=poller") == .poll(sid: "poller"))
        #expect(try self.judge("POST", "EIO=4&transport=polling&sid=poller") == .post(sid: "poller"))
        #expect(
            try self.judge("GET", "EIO=4&transport=websocket&sid=poller", form: .webSocketHandshake)
                == .upgrade(sid: "poller"))
    }

    @Test(arguments: [
        ("GET", "EIO=4", RequestRefusal.unknownTransport),
        ("GET", "EIO=4&transport=webtransport", .unknownTransport),
        ("GET", "EIO=4&transport=polling&sid=other", .unknownSession),
        ("POST", "EIO=4&transport=polling", .badHandshakeMethod),
        ("GET", "EIO=4&transport=websocket", .badRequest),
        ("GET", "EIO=4&transport=polling&sid=socket", .badRequest),
        ("GET", "EIO=4&transport=websocket&sid=socket", .badRequest),
        ("DELETE", "EIO=4&transport=polling&sid=poller", .badRequest),
        ("GET", "EIO=3&transport=polling", .unsupportedVersion),
        ("GET", "transport=polling", .unsupportedVersion),
    ])
    func refusesByEngineIOsCodes(method: String, query: String, refusal: RequestRefusal) {
        #expect(throws: refusal) { try self.judge(method, query) }
    }

    @Test func refusesTransportsThatAreOff() {
        #expect(throws: RequestRefusal.unknownTransport) {
            try self.judge("GET", "EIO=4&transport=polling", transports: [.websocket])
        }
    }

    @Test func readsTheQuery() {
        var query = EngineIOQuery(uri: "/engine.io/?t=1&EIO=4&sid=a%2Bb%zz&transport=polling&sid=second&x")
        #expect(query.sid == "a+b%zz")
        #expect(query.version == "4")
        #expect(query.transport == "polling")
        query = EngineIOQuery(uri: "/engine.io/")
        #expect(query.transport == nil)
    }

    @Test func writesTheBodyOfARefusal() {
        #expect(RequestRefusal.unknownSession.json() == #"{"code":1,"message":"Session ID unknown"}"#)
    }
}

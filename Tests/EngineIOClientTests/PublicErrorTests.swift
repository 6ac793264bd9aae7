import EngineIO
import Testing

@testable import EngineIOClient

/// The words of public errors: programs compare them, and scripts receive them.
struct PublicErrorTests {
    @Test(arguments: [
        (ConnectionError.Phase.dns, "dns"), (.tcp, "tcp"), (.tls, "tls"), (.http, "http"), (.open, "open"),
        (.probe, "probe"),
    ])
    func phases(phase: ConnectionError.Phase, word: String) {
        #expect(phase.rawValue == word)
        #expect("\(phase)" == word)
    }

    @Test(arguments: [
        (DisconnectDetail.Cause.client, "client"), (.serverClose, "server_close"), (.pingTimeout, "ping_timeout"),
        (.requestTimeout, "request_timeout"), (.httpStatus, "http_status"), (.webSocketClose, "ws_close"),
        (.reset, "tcp_reset"), (.eof, "eof"), (.tls, "tls"), (.parse, "parse"), (.write, "write"),
        (.connect, "connect"),
    ])
    func causes(cause: DisconnectDetail.Cause, word: String) {
        #expect(cause.rawValue == word)
        #expect("\(cause)" == word)
    }

    @Test(arguments: [
        (DisconnectReason.clientDisconnect, "client disconnect"), (.serverDisconnect, "server disconnect"),
        (.transportError, "transport error"),
    ])
    func reasons(reason: DisconnectReason, word: String) {
        #expect(reason.rawValue == word)
        #expect("\(reason)" == word)
    }

    @Test func aDescriptionHasAllDetails() {
        var error = ConnectionError(.http, "no answer from the server", cause: "it took longer than 5 s")
        #expect("\(error)" == "no answer from the server: it took longer than 5 s")
        error.url = "http://localhost:5000/engine.io/"
        #expect(
            "\(error)" == "no answer from the server: it took longer than 5 s (http://localhost:5000/engine.io/)")
    }
}

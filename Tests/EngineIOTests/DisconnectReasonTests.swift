import EngineIO
import Testing

struct DisconnectReasonTests {
    @Test func theDocumentedReasons() {
        #expect(DisconnectReason.clientDisconnect.description == "client disconnect")
        #expect(DisconnectReason.serverDisconnect.description == "server disconnect")
        #expect(DisconnectReason.transportError.description == "transport error")
    }
}

import Testing

@testable import SocketIOClient

/// The memory of a client that is connected and idle: a program may have thousands.
struct MemoryTests {
    /// States with errors are large, and rare.
    @Test func theStatesOfAConnectionAreSmall() { #expect(MemoryLayout<ConnectionMachine>.size <= 96) }

    /// The names of a request are needed once; ``SocketIO/NamespaceMachine`` keeps them.
    @Test func theRequestIsNotKeptTwice() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        #expect(!Mirror(reflecting: client.session).children.contains { $0.value is SocketIOSession.Request })
        try client.lose()
        client.passPause(1)
        try client.open()
        #expect(client.sent == ["0{}", "0/a,{}"])
    }
}

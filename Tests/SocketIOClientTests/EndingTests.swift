import EngineIO
import EngineIOClient
import SocketIO
import Testing

@testable import SocketIOClient

/// Namespaces and sessions that end.
struct EndingTests {
    @Test func disconnectLeavesTheNamespacesAndCloses() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        client.emit(#"["last"]"#)
        client.disconnect()
        #expect(client.sent == [#"2["last"]"#, "1", "1/a,"])
        #expect(try client.transport.calls.last == "close")
        // Events that come after it are dropped, and nothing is sent.
        try client.receive(#"2["late"]"#, "abc")
        #expect(client.emit(#"["x"]"#) == .notConnected(.disconnected))
        #expect(client.events == [])
        try client.closed()
        #expect(
            client.events == [
                "disconnected /: client disconnect", "disconnected /a: client disconnect",
                "ended: client disconnect, unwritten 0",
            ])
        client.passPause(1000)
        #expect(client.engines == 1)
        client.disconnect()
        #expect(client.events.count == 3)
    }

    @Test func anAbortCountsWhatWasNotWritten() throws {
        let client = MemoryClient()
        try client.connected()
        client.emit(#"["lost"]"#)
        client.disconnect(abort: true)
        #expect(client.events.last == "ended: client disconnect, unwritten 2")
    }

    @Test func anAbortEndsAnEndThatWaits() throws {
        let client = MemoryClient()
        try client.connected()
        client.disconnect()
        #expect(client.events == [])
        client.disconnect(abort: true)
        #expect(client.events.last == "ended: client disconnect, unwritten 1")
    }

    @Test(arguments: ["1/a,", "1/a", #"1/a,{"message":"kicked"}"#, "1/a,null"])
    func theServerLeavesANamespace(text: String) throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.receive(text, #"2/a,["late"]"#, "1/a,", #"2["on"]"#)
        #expect(client.events == ["disconnected /a: server disconnect", #"event / ["on"]"#])
        let words = text.contains("kicked") ? "kicked" : "the server has left the namespace"
        #expect(client.delegate.detail?.message == words)
        #expect(client.emit("[1]", "/a") == .notConnected(.disconnected))
    }

    @Test func theServerLeavesTheLastNamespace() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        try client.receive("1", "1/a")
        #expect(try client.transport.calls.last == "close")
        #expect(client.sent == [])
        try client.closed()
        #expect(
            client.events == [
                "disconnected /: server disconnect", "disconnected /a: server disconnect",
                "ended: server disconnect, unwritten 0",
            ])
        client.passPause(1000)
        #expect(client.engines == 1)
    }

    @Test func theProgramLeavesANamespaceAndComesBack() throws {
        let client = MemoryClient()
        try client.connected(["/", "/a"])
        #expect(client.session.leave("/a"))
        #expect(!client.session.leave("/a"))
        #expect(!client.session.leave("/b"))
        #expect(client.sent == ["1/a,"])
        #expect(client.events == [])
        client.run()
        try client.receive(#"2/a,["late"]"#)
        #expect(client.events == ["disconnected /a: client disconnect"])
        #expect(client.emit("[1]", "/a") == .notConnected(.left))
        var auth = #"{"t":1}"#
        #expect(auth.withUTF8 { client.session.join("/a", UnsafeRawBufferPointer($0)) })
        #expect(!client.session.join("/a", nil))
        #expect(client.sent.last == #"0/a,{"t":1}"#)
        try client.receive(#"0/a,{"sid":"again"}"#)
        #expect(client.events.last == "connected /a again")
        #expect(!client.session.join("/a", nil))
    }

    @Test func theProgramLeavesTheLastNamespace() throws {
        let client = MemoryClient()
        try client.connected()
        #expect(client.session.leave("/"))
        client.run()
        #expect(client.sent == ["1"])
        try client.closed()
        #expect(client.events == ["disconnected /: client disconnect", "ended: client disconnect, unwritten 0"])
        #expect(!client.session.join("/a", nil))
        client.passPause(1000)
        #expect(client.engines == 1)
    }

    @Test func leavingTheLastNamespaceInThePauseStopsIt() throws {
        let client = MemoryClient()
        try client.connected()
        try client.lose()
        #expect(client.session.leave("/"))
        client.run()
        #expect(client.events.last == "gave up by the program")
        client.passPause(1000)
        #expect(client.engines == 1)
    }

    @Test func aReleasedClientReportsNothing() throws {
        let client = MemoryClient()
        try client.connected()
        client.session.release()
        client.run()
        #expect(client.events == [])
        #expect(try client.transport.calls.suffix(2) == ["abort", "drop"])
    }
}

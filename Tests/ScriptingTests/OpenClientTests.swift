import EngineIO
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOClient
@testable import Scripting

/// An open session of a script: its requests on their way to the session, and the answers on their way back.
@Suite struct OpenClientTests {
    @Test func sessionThatTheConnectHandlerRejectsIsClosed() throws {
        let client = try OpenClient("eio.on('connect', function() error('no', 0) end)")
        #expect(client["failure"] == #""Connect handler failed: no""#)
        #expect(!client.session.isOpen)
        #expect(!client.binding.isOpen)
    }

    @Test func messagesOfAScriptKeepTheirKinds() throws {
        let client = try OpenClient()
        client.run("eio.send('a'); eio.send({7}); eio.send(eio.bytes('b'))")
        #expect(client.transport.calls == ["text a", "text [7]", "binary b"])
    }

    @Test func senderWaitsWhileTooMuchIsUnwritten() throws {
        let client = try OpenClient()
        client.transport.sendResult = .full
        client.run("sent = eio.send('a')")
        #expect(client.transport.calls == ["text a"])
        #expect(client["sent"] == nil)
        client.session.writable()
        client.script.runReady()
        #expect(client["sent"] == "true")
    }

    @Test(arguments: [
        (SendResult.refused, "ok, err = pcall(eio.send, 'a')", "with max_buffered bytes unwritten"),
        (.separator(1), "ok, err = pcall(eio.send, 'ab')", "byte 2 is U+001E"),
        (.sent, "ok, err = pcall(eio.send, 'a' .. string.char(255))", "the text is not UTF-8 at byte 2"),
        (.notConnected, "ok, err = eio.send('a')", "not connected"),
    ]) func refusalOfAMessageHasItsReason(_ result: SendResult, _ code: String, _ text: String) throws {
        let client = try OpenClient()
        client.transport.sendResult = result
        client.run(code + "; err = tostring(err)")
        #expect(client["ok"] == "false")
        #expect(client["err"]?.contains(text) == true, "\(client["err"] ?? "nothing")")
    }

    @Test func drainWaitsUntilEverythingIsWritten() throws {
        let client = try OpenClient()
        client.transport.bufferedBytes = 5
        client.run("buffered = eio.buffered(); drained = eio.drain()")
        #expect(client["buffered"] == "5")
        #expect(client["drained"] == nil)
        client.transport.drain()
        client.script.runReady()
        #expect(client["drained"] == "true")
    }

    @Test func readingPausesWhileAScriptIsBehind() throws {
        let client = try OpenClient()
        client.run("eio.receive()")
        for _ in 0..<1025 { client.receive("4a") }
        #expect(client.transport.calls == ["setReading false"])
        client.run("for _ = 1, 512 do eio.receive() end")
        #expect(client.transport.calls == ["setReading false", "setReading true"])
    }

    @Test(arguments: [
        ("", "close within 30 s"), ("{timeout = 7}", "close within 7 s"), ("{abort = true}", "abort"),
    ]) func disconnectReachesTheTransport(_ options: String, _ call: String) throws {
        let client = try OpenClient("eio.on('disconnect', function(reason) ended = reason end)")
        client.run("eio.disconnect(\(options))")
        client.script.eventLoop.run()
        #expect(client.transport.calls == [call])
        client.session.finish(.clientDisconnect, nil)
        client.script.eventLoop.run()
        #expect(client["ended"] == #""client disconnect""#)
        #expect(client.script.disconnections == 1)
    }

    @Test func endOfTheScriptAbortsItsClients() throws {
        let client = try OpenClient()
        client.script.host.close()
        client.script.eventLoop.run()
        #expect(client.transport.calls == ["abort"])
        #expect(client.script.host.clients.isEmpty)
    }

    /// The script does not run any more when the program disconnects its clients.
    @Test func silentEndIsReportedToTheProgramOnly() throws {
        let client = try OpenClient("eio.on('disconnect', function() ended = true end)")
        var hasEnded = false
        client.script.host.disconnectClients(timeout: .seconds(3)) { hasEnded = true }
        client.script.eventLoop.run()
        #expect(client.transport.calls == ["close within 3 s"])
        #expect(!hasEnded)
        client.session.finish(.clientDisconnect, nil)
        client.script.eventLoop.run()
        #expect(hasEnded)
        #expect(client["ended"] == nil)
        client.script.host.disconnectClients(timeout: .seconds(3)) { hasEnded = false }
        #expect(!hasEnded, "nothing is open any more")
    }

    @Test func interruptDisconnectsAndRunsTheHandler() throws {
        let client = try OpenClient("eio.on('disconnect', function(reason) ended = reason end)")
        client.script.host.interrupt()
        client.script.eventLoop.run()
        #expect(client.transport.calls == ["close within 30 s"])
        client.session.finish(.clientDisconnect, nil)
        client.script.eventLoop.run()
        #expect(client["ended"] == #""client disconnect""#)
    }

    @Test func lostConnectionIsCounted() throws {
        let client = try OpenClient()
        #expect(client.script.host.lostConnections == nil)
        client.session.finish(.transportError, DisconnectDetail(.eof, message: "it ended"))
        client.script.eventLoop.run()
        let lost = try #require(client.script.host.lostConnections)
        #expect(lost == (1, "it ended"))
    }
}

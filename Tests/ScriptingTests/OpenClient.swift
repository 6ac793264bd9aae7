import EngineIO
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOClient
@testable import Scripting

/// A script whose client `eio` is connected, on a transport that a test plays.
final class OpenClient {
    let script: TestScript
    let binding: ClientBinding
    let session: ClientSession
    let transport: RecordingTransport
    private var calls: UInt64 = 0

    /// - Parameter script: runs before the client connects.
    init(_ script: String = "") throws {
        let (script, binding) = try TestScript.connecting(
            """
            function run(code) assert(load(code))() end
            \(script)
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {transports = "websocket"})
            failure = not ok and err.message or nil
            """)
        let made = try #require(binding.session)
        let transport = RecordingTransport(made.observer)
        let table = TransportTable(transports: [.websocket: { _ in transport }], targets: [:])
        let session = ClientSession(made.context, transports: table, delegate: binding)
        // The script's own session would open a socket.
        made.delegate = nil
        made.close(timeout: .zero, abort: true)
        binding.session = session
        (self.script, self.binding, self.session, self.transport) = (script, binding, session, transport)
        session.connect()
        script.eventLoop.run()
        self.receive(#"0{"sid":"s1","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#)
        script.eventLoop.run()
        #expect(script.host.hasReturnedFromChunk, "\(script.errors)")
    }

    /// Ends what the session holds.
    deinit {
        self.session.delegate = nil
        self.session.finish(.clientDisconnect, nil)
    }

    /// Runs Lua code in a task, to a wait that only the test ends.
    ///
    /// - Parameter code: without a double quote and a backslash, because it travels as JSON.
    func run(_ code: String) {
        self.calls += 1
        #expect(self.script.host.call("run", argument: "\"\(code)\"", wantsResult: false, id: self.calls))
        self.script.eventLoop.run()
    }

    subscript(_ global: String) -> String? { self.script[global] }

    /// A packet comes.
    func receive(_ text: String) {
        var text = text
        text.withUTF8 { self.session.received(packet: UnsafeRawBufferPointer($0), by: self.transport) }
    }
}

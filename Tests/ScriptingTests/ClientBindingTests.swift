import CLuaHost
import EngineIO
import EngineIOClient
import NIOCore
import Testing

@testable import Scripting

/// The events of a session on their way to a script, and a script's options on their way to the session.
///
/// The session of each client is made and never opened, because its event loop does not run: the test takes its place.
@Suite struct ClientBindingTests {
    private static let script = """
        log = {}
        local function add(...) log[#log + 1] = table.concat({...}, " ") end
        eio.on("connect", function() add("connect", eio.sid, eio.transport(), eio.ping_interval, eio.state) end)
        eio.on("message", function(data)
            add("message", type(data) == "table" and "table " .. data[1] or type(data) == "userdata" and "bytes " .. #data
                or type(data) .. " " .. data)
        end)
        eio.on("disconnect", function(reason, detail) add("disconnect", reason, detail.cause, eio.state) end)
        local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {transports = "websocket"})
        add(tostring(ok), ok and eio.state or err.type .. " " .. err.phase .. " " .. err.message)
        """

    /// A script in connect(), and the binding of `eio`.
    private func connecting(_ text: String = Self.script) throws -> (script: TestScript, binding: ClientBinding) {
        let script = TestScript(text)
        #expect(script.errors.map(\.message) == [])
        return (script, try #require(script.host.clients.values.first { $0.isOpen }))
    }

    private func open(_ binding: ClientBinding) {
        let handshake = Handshake(
            sid: "s1", upgrades: ["websocket"], pingInterval: 25000, pingTimeout: 20000, maxPayload: nil)
        binding.sessionOpened(handshake, transport: .polling, address: "http://127.0.0.1:1")
    }

    private func receive(_ kind: MessageKind, _ text: String, _ binding: ClientBinding) {
        var text = text
        text.withUTF8 { binding.sessionReceived(kind, UnsafeRawBufferPointer($0)) }
    }

    @Test func sessionIsShownStepByStep() throws {
        let (script, binding) = try self.connecting()
        self.open(binding)
        #expect(script["log"] == #"["connect s1 polling 25.0 connected"]"#)
        binding.sessionUpgraded()
        binding.sessionConnected()
        script.runReady()
        #expect(script["log"] == #"["connect s1 polling 25.0 connected","true connected"]"#)
    }

    @Test func messagesKeepTheirKinds() throws {
        let (script, binding) = try self.connecting()
        self.open(binding)
        self.receive(.text, "hello", binding)
        self.receive(.text, "[7]", binding)
        self.receive(.binary, "[7]", binding)
        #expect(script["log"]?.hasSuffix(#""message string hello","message table 7","message bytes 3"]"#) == true)
    }

    @Test(arguments: [
        (DisconnectReason.clientDisconnect, "client disconnect client disconnecting"),
        (.serverDisconnect, "server disconnect client disconnecting"),
        (.transportError, "transport error client connected"),
    ]) func reasonOfTheEndIsTheScripts(_ reason: DisconnectReason, _ text: String) throws {
        let (script, binding) = try self.connecting()
        self.open(binding)
        binding.sessionClosed(reason, DisconnectDetail(.client), unwritten: 0)
        #expect(script["log"]?.hasSuffix("\"disconnect \(text)\"]") == true, "\(script["log"] ?? "")")
        #expect(!binding.isOpen)
    }

    @Test func failureIsAnErrorOfConnect() throws {
        let (script, binding) = try self.connecting()
        binding.sessionFailed(ConnectionError(.tcp, "cannot connect", cause: "refused"))
        script.runReady()
        #expect(script["log"] == #"["false ConnectionError tcp cannot connect: refused"]"#)
        #expect(!binding.isOpen)
    }

    @Test func errorOfTheConnectHandlerFailsTheConnect() throws {
        let (script, binding) = try self.connecting(
            """
            eio.on("connect", function() error("no", 0) end)
            ok, err = pcall(eio.connect, "http://127.0.0.1:1")
            message = err.message
            """)
        self.open(binding)
        script.runReady()
        #expect(script["message"] == #""Connect handler failed: no""#)
        #expect(script.errors.isEmpty)
    }

    @Test func releasedClientGetsNoEvents() throws {
        let (script, binding) = try self.connecting()
        self.open(binding)
        binding.release()
        self.receive(.text, "late", binding)
        binding.sessionClosed(.serverDisconnect, DisconnectDetail(.client), unwritten: 0)
        #expect(script["log"] == #"["connect s1 polling 25.0 connected"]"#)
    }

    @Test func reservedHeaderIsRefused() {
        let script = TestScript(
            """
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {headers = {Connection = "close"}})
            message = err.message
            """)
        #expect(script["message"] == #""the header \"Connection\" is set by the client itself""#)
    }

    /// The list of a script's options and the library declare each default on their own.
    @Test func defaultsOfScriptsAreThoseOfTheLibrary() throws {
        let script = TestScript("")
        let made = try #require(script.host.clients.values.first).configuration
        let own = ClientConfiguration()
        #expect(made.verifiesCertificates == own.verifiesCertificates)
        #expect(made.authoritiesFile == own.authoritiesFile)
        #expect(made.requestTimeout == own.requestTimeout)
        #expect(made.connectTimeout == own.connectTimeout)
        #expect(made.timestampsRequests == own.timestampsRequests)
        #expect(made.maximumMessageSize == own.maximumMessageSize)
        #expect(made.maximumBuffered == own.maximumBuffered)
    }

    @Test func optionsOfAScriptReachTheSession() throws {
        let script = TestScript(
            """
            c = require("engineio").Client{
                ssl_verify = false, ca_file = "ca.pem", request_timeout = 7, connect_timeout = 8, timestamp_requests = false,
                max_message_size = 9, max_buffered = 10}
            c = nil
            """)
        let made = try #require(
            script.host.clients.values.map(\.configuration).first { $0.requestTimeout == .seconds(7) })
        #expect(!made.verifiesCertificates)
        #expect(made.authoritiesFile == "ca.pem")
        #expect(made.connectTimeout == .seconds(8))
        #expect(!made.timestampsRequests)
        #expect(made.maximumMessageSize == 9)
        #expect(made.maximumBuffered == 10)
    }
}

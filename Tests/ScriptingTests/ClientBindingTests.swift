import CLuaHost
import EngineIO
import NIOCore
import Testing

@testable import EngineIOClient
@testable import Scripting

/// The events of a session on their way to a script.
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

    private func open(_ binding: ClientBinding, of script: TestScript) {
        let handshake = Handshake(
            sid: "s1", upgrades: ["websocket"], pingInterval: 25000, pingTimeout: 20000, maxPayload: nil)
        binding.sessionOpened(handshake, transport: .polling, address: "http://127.0.0.1:1")
        script.runReady()
    }

    private func receive(_ kind: MessageKind, _ text: String, _ binding: ClientBinding) {
        var text = text
        text.withUTF8 { binding.sessionReceived(kind, UnsafeRawBufferPointer($0)) }
    }

    @Test func sessionIsShownStepByStep() throws {
        let (script, binding) = try TestScript.connecting(Self.script)
        self.open(binding, of: script)
        #expect(script["log"] == #"["connect s1 polling 25.0 connected"]"#)
        binding.sessionUpgraded()
        binding.sessionConnected()
        script.runReady()
        #expect(script["log"] == #"["connect s1 polling 25.0 connected","true connected"]"#)
    }

    @Test func messagesKeepTheirKinds() throws {
        let (script, binding) = try TestScript.connecting(Self.script)
        self.open(binding, of: script)
        self.receive(.text, "hello", binding)
        self.receive(.text, "[7]", binding)
        self.receive(.binary, "[7]", binding)
        script.runReady()
        #expect(script["log"]?.hasSuffix(#""message string hello","message table 7","message bytes 3"]"#) == true)
    }

    @Test(arguments: [
        (DisconnectReason.clientDisconnect, "client disconnect client disconnecting"),
        (.serverDisconnect, "server disconnect client disconnecting"),
        (.transportError, "transport error client connected"),
    ]) func reasonOfTheEndIsTheScripts(_ reason: DisconnectReason, _ text: String) throws {
        let (script, binding) = try TestScript.connecting(Self.script)
        self.open(binding, of: script)
        binding.sessionClosed(reason, DisconnectDetail(.client), unwritten: 0)
        script.runReady()
        let failure = "Closed before connect() returned: \(reason) (http://127.0.0.1:1)"
        let log = [
            "connect s1 polling 25.0 connected", "disconnect \(text)", "false ConnectionError probe \(failure)",
        ]
        #expect(script["log"] == "[\"" + log.joined(separator: "\",\"") + "\"]")
        #expect(!binding.isOpen)
    }

    @Test func failureIsAnErrorOfConnect() throws {
        let (script, binding) = try TestScript.connecting(Self.script)
        binding.sessionFailed(ConnectionError(.tcp, "cannot connect", cause: "refused"))
        script.runReady()
        #expect(script["log"] == #"["false ConnectionError tcp cannot connect: refused"]"#)
        #expect(!binding.isOpen)
    }

    @Test func errorOfTheConnectHandlerFailsTheConnect() throws {
        let (script, binding) = try TestScript.connecting(
            """
            eio.on("connect", function() error("no", 0) end)
            ok, err = pcall(eio.connect, "http://127.0.0.1:1")
            message = err.message
            """)
        self.open(binding, of: script)
        script.runReady()
        #expect(script["message"] == #""Connect handler failed: no""#)
        #expect(script.errors.isEmpty)
    }

    @Test func releasedClientGetsNoEvents() throws {
        let (script, binding) = try TestScript.connecting(Self.script)
        self.open(binding, of: script)
        binding.release()
        self.receive(.text, "late", binding)
        binding.sessionClosed(.serverDisconnect, DisconnectDetail(.client), unwritten: 0)
        script.runReady()
        #expect(script["log"] == #"["connect s1 polling 25.0 connected"]"#)
    }

    @Test func fieldsOfTheHandshakeReachTheScript() throws {
        let (script, binding) = try TestScript.connecting(
            """
            eio.on("connect", function()
                seen = {eio.base_url, eio.upgrades, eio.ping_interval, eio.ping_timeout}
            end)
            eio.connect("http://127.0.0.1:1")
            """)
        self.open(binding, of: script)
        #expect(script["seen"] == #"["http://127.0.0.1:1",["websocket"],25.0,20.0]"#)
    }

    @Test func upgradeChangesTheTransport() throws {
        let (script, binding) = try TestScript.connecting(
            "eio.connect('http://127.0.0.1:1'); transport = eio.transport()")
        self.open(binding, of: script)
        binding.sessionUpgraded()
        binding.sessionConnected()
        script.runReady()
        #expect(script["transport"] == #""websocket""#)
    }

    @Test func fieldsOfAFailureReachTheScript() throws {
        let (script, binding) = try TestScript.connecting(
            """
            _, e = pcall(eio.connect, "http://127.0.0.1:1")
            fields = {e.type, e.message, e.phase, e.cause, e.status, e.code, e.body, e.retry_after}
            """)
        var error = ConnectionError(.http, "m", cause: "c", status: 503)
        error.code = 0
        error.body = "b"
        error.retryAfter = "7"
        binding.sessionFailed(error)
        script.runReady()
        #expect(script["fields"] == #"["ConnectionError","m: c","http","c",503,0,"b","7"]"#)
    }

    @Test(arguments: [true, false]) func failureIsMeasuredOnce(_ isMeasured: Bool) throws {
        let (script, binding) = try TestScript.connecting("eio.connect('http://127.0.0.1:1')")
        var error = ConnectionError(.tcp, "m")
        error.isMeasured = isMeasured
        binding.sessionFailed(error)
        script.runReady()
        #expect(script.errors.map(\.isMeasured) == [isMeasured])
    }

    @Test func fieldsOfTheEndReachTheScript() throws {
        let (script, binding) = try TestScript.connecting(
            """
            eio.on("disconnect", function(reason, d)
                fields = {d.cause, d.message, d.transport, d.status, d.code, d.ws_code, d.ws_reason, d.since_last_ping,
                    eio.disconnect()}
            end)
            eio.connect("http://127.0.0.1:1")
            """)
        self.open(binding, of: script)
        var detail = DisconnectDetail(.webSocketClose, message: "m")
        detail.transport = .websocket
        detail.status = 400
        detail.code = 3
        detail.webSocketCode = 1001
        detail.webSocketReason = "r"
        detail.sinceLastPing = 1.5
        binding.sessionClosed(.transportError, detail, unwritten: 3)
        script.runReady()
        #expect(script["fields"] == #"["ws_close","m","websocket",400,3,1001,"r",1.5,false,3]"#)
    }
}

import EngineIO
import Logging
import NIOCore
import Testing

@testable import EngineIOClient
@testable import Scripting

/// A script's options on their way to the session.
@Suite struct ClientOptionsTests {
    @Test func optionsOfConnectReachTheSession() throws {
        let (script, binding) = try TestScript.connecting(
            """
            eio.connect("http://127.0.0.1:1", {
                headers = {A = "b"}, transports = {"websocket", "polling"}, engineio_path = "p", try_all_transports = true})
            """)
        let context = try #require(binding.session?.context)
        #expect(String(buffer: try context.requests.poll().encoded().head).contains("\r\nA: b\r\n"))
        #expect(context.transports == [.websocket, .polling])
        #expect(context.requests.engineIOPath == "p")
        #expect(context.triesAllTransports)
        #expect(script.logged.isEmpty)
    }

    /// As in python the path of the url is not used.
    @Test func pathOfTheURLIsWarnedOfOnce() throws {
        let (script, binding) = try TestScript.connecting(
            "for _ = 1, 2 do pcall(eio.connect, 'http://127.0.0.1:1/chat') end")
        binding.sessionFailed(ConnectionError(.tcp, "m"))
        script.runReady()
        #expect(binding.isOpen)
        #expect(script.logged.count == 1)
        #expect(script.logged.first?.hasPrefix("warning: the path /chat of the url is not used") == true)
    }

    @Test func badURLIsAnErrorOfTheCaller() {
        let script = TestScript("_, e = pcall(eio.connect, 'nothing'); kind = e.type")
        #expect(script["kind"] == #""ValueError""#)
    }

    @Test func reservedHeaderIsRefused() {
        let script = TestScript(
            """
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1", {headers = {Connection = "close"}})
            message = err.message
            """)
        #expect(script["message"] == #""the header \"Connection\" is set by the client itself""#)
    }

    @Test func loggerOfAScriptLowersTheLevel() throws {
        let (script, binding) = try TestScript.connecting(
            "require('engineio').Client{logger = true}.connect('http://127.0.0.1:1')")
        #expect(binding.session?.observer.logger.logLevel == .info)
        #expect(script.logged.isEmpty)
    }

    /// A time is a year at most.
    @Test func boundlessTimeIsBounded() throws {
        let (script, binding) = try TestScript.connecting(
            "require('engineio').Client{request_timeout = 1e300}.connect('http://127.0.0.1:1')")
        #expect(binding.settings.configuration.requestTimeout == .hours(365 * 24))
        #expect(script.errors.isEmpty)
    }

    /// The list of a script's options and the library declare each default on their own.
    @Test func defaultsOfScriptsAreThoseOfTheLibrary() throws {
        let script = TestScript("")
        let made = try #require(script.host.clients.values.first).settings.configuration
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
            script.host.clients.values.map(\.settings.configuration).first { $0.requestTimeout == .seconds(7) })
        #expect(!made.verifiesCertificates)
        #expect(made.authoritiesFile == "ca.pem")
        #expect(made.connectTimeout == .seconds(8))
        #expect(!made.timestampsRequests)
        #expect(made.maximumMessageSize == 9)
        #expect(made.maximumBuffered == 10)
    }
}

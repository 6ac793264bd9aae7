import EngineIOClient
import Logging
import NIOEmbedded
import Testing

@testable import Scripting

/// A script on an event loop that runs only when a test says so: nothing here opens a socket.
final class TestScript: ScriptHostDelegate {
    let eventLoop = EmbeddedEventLoop()
    private let luaLoop = LuaLoop(maximumBlock: 0) { _ in }
    private(set) var host: ScriptHost!
    private(set) var errors: [UncaughtError] = []
    private(set) var calls: [(id: UInt64, outcome: CallOutcome)] = []
    private(set) var exitStatus: Int32?
    private(set) var isFinished = false
    private(set) var disconnections = 0
    private let log = LineLog()

    /// Starts the text; it has run to its first wait when this returns.
    ///
    /// - Parameter isHeld: the script is not finished when it has nothing to do.
    init(_ text: String, isHeld: Bool = true, _ change: (inout ScriptOptions) -> Void = { _ in }) {
        var options = ScriptOptions()
        options.steps = [.code(Array(text.utf8))]
        options.ignoresEnvironment = true
        change(&options)
        let log = self.log
        self.host = ScriptHost(
            loop: ClientLoop(eventLoop: self.eventLoop), luaLoop: self.luaLoop, options: options,
            logger: Logger(label: "test") { _ in log }, delegate: self)
        if isHeld { self.host.hold() }
        self.host.run()
    }

    /// A script in `connect`, and the binding of the client that connects.
    static func connecting(_ text: String) throws -> (script: TestScript, binding: ClientBinding) {
        let script = TestScript(text)
        #expect(script.errors.map(\.message) == [])
        return (script, try #require(script.host.clients.values.first { $0.isOpen } as? ClientBinding))
    }

    /// Its VM is closed, and with it the memory of the loop.
    deinit {
        self.host.close()
        self.luaLoop.close()
    }

    /// Resumes what is ready, in a new turn of the loop: on a busy machine the time of a turn may be over at any event.
    func runReady() {
        guard let vm = self.host.vm else { return }
        self.host.turn()
        self.host.run(vm)
    }

    /// The entries of the log, as lines.
    var logged: [String] { self.log.lines }

    /// Reads something of the host, which lives as long as the script does.
    func read<Value>(_ body: (ScriptHost) -> Value) -> Value { body(self.host) }

    /// A global as JSON.
    subscript(_ global: String) -> String? { try? self.host.json(ofGlobal: global) }

    func scriptFailed(_ error: UncaughtError) { self.errors.append(error) }
    func scriptExited(status: Int32) { self.exitStatus = status }
    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) { self.calls.append((id, outcome)) }
    func scriptDisconnected() { self.disconnections += 1 }
    func scriptFinished() { self.isFinished = true }
}

import EngineIOClient
import Logging
import NIOEmbedded

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

    /// Starts the text; it has run to its first wait when this returns.
    init(_ text: String, _ change: (inout ScriptOptions) -> Void = { _ in }) {
        var options = ScriptOptions()
        options.steps = [.code(Array(text.utf8))]
        options.ignoresEnvironment = true
        change(&options)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.host = ScriptHost(
            loop: ClientLoop(eventLoop: self.eventLoop), luaLoop: self.luaLoop, options: options, logger: logger,
            delegate: self)
        self.host.hold()
        self.host.run()
    }

    /// Its VM is closed, and with it the memory of the loop.
    deinit {
        self.host.close()
        self.luaLoop.close()
    }

    /// Resumes what is ready.
    func runReady() { if let vm = self.host.vm { self.host.run(vm) } }

    /// A global as JSON.
    subscript(_ global: String) -> String? { try? self.host.json(ofGlobal: global) }

    func scriptFailed(_ error: UncaughtError) { self.errors.append(error) }
    func scriptExited(status: Int32) { self.exitStatus = status }
    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) { self.calls.append((id, outcome)) }
    func scriptFinished() { self.isFinished = true }
}

import CLuaHost
import EngineIO
import EngineIOClient
import Logging
import NIOCore

/// One script on one event loop: its Lua VM, its clients, its timers.
package final class ScriptHost {
    let loop: ClientLoop
    let logger: Logger
    let sink: (any LoadTestSink)?
    let clientDefaults: ClientDefaults
    let meter: (any ClientMeter)?
    private let luaLoop: LuaLoop
    private weak var delegate: (any ScriptHostDelegate)?
    var vm: OpaquePointer?
    /// The text that C was given last.
    private var lentArena: SliceArena?
    private(set) var clients: [ObjectIdentifier: ScriptClient] = [:]
    private var isWakeDue = false
    /// When the run began that is under way.
    private var runStart: NIODeadline?
    private var timer: NIOScheduledCallback?
    private var timerDeadline = NIODeadline.distantFuture
    private var wantedDeadline = NIODeadline.distantFuture
    private lazy var input = StandardInput()
    private let sharedInput: SharedInput?
    private var generator: SeededGenerator
    let onUndefinedGlobal: (@Sendable (_ name: String, _ place: String) -> Void)?
    /// Read by C as long as the VM lives.
    private let source: ScriptSource?

    /// - Parameters:
    ///   - meter: measures what the script's clients do.
    package init(
        loop: ClientLoop, luaLoop: LuaLoop, options: ScriptOptions, logger: Logger, delegate: any ScriptHostDelegate,
        meter: (any ClientMeter)? = nil, sink: (any LoadTestSink)? = nil
    ) {
        self.sink = sink
        self.clientDefaults = options.clients
        self.loop = loop
        self.meter = meter
        self.luaLoop = luaLoop
        self.logger = logger
        self.delegate = delegate
        self.sharedInput = options.input
        self.generator = SeededGenerator(seed: options.seed)
        self.source = options.source
        self.onUndefinedGlobal = options.onUndefinedGlobal
        let arena = SliceArena()
        var vmOptions = luahost_vm_options()
        vmOptions.ignore_environment = options.ignoresEnvironment
        vmOptions.warnings = options.showsWarnings
        vmOptions.strict = options.isStrict
        vmOptions.purpose =
            options.isPlan
            ? LUAHOST_READ_PLAN : options.hasPrompt ? LUAHOST_RUN_WITH_PROMPT : LUAHOST_RUN
        vmOptions.source = options.source?.handle
        vmOptions.input = options.input?.handle
        vmOptions.output = options.outputMayClose ? LUAHOST_OUTPUT_MAY_CLOSE : LUAHOST_OUTPUT_STAYS
        vmOptions.seed = options.seed
        vmOptions.memory_limit = options.memoryLimit
        vmOptions.default_url = arena.slice(options.defaultURL)
        vmOptions.default_transports = options.clients.transportOrder
        var callbacks = sink == nil ? HostCallbacks.table : HostCallbacks.loadTestTable
        if options.onUndefinedGlobal != nil { callbacks.undefined_global = HostCallbacks.undefinedGlobal }
        self.vm = luahost_vm_create(
            luaLoop.handle, &callbacks, Unmanaged.passUnretained(self).toOpaque(), &vmOptions)
        for step in options.steps { self.add(step, arena) }
        let arguments = options.arguments.map { arena.slice($0) }
        self.start = { vm in
            luahost_vm_start(vm, arguments, arguments.count, options.scriptIndex ?? -1)
            withExtendedLifetime(arena) {}
        }
    }

    private var start: ((OpaquePointer) -> Void)?

    private func add(_ step: ScriptOptions.Step, _ arena: SliceArena) {
        switch step {
        case .code(let text): luahost_vm_add_step(self.vm, LUAHOST_STEP_CODE, arena.slice(text))
        case .require(let name): luahost_vm_add_step(self.vm, LUAHOST_STEP_REQUIRE, arena.slice(name))
        case .file(let path): luahost_vm_add_step(self.vm, LUAHOST_STEP_FILE, arena.slice(path))
        case .standardInput: luahost_vm_add_step(self.vm, LUAHOST_STEP_STDIN, arena.slice(nil))
        }
    }

    /// Starts the main task.
    package func run() {
        guard let vm = self.vm, let start = self.start else { return }
        self.start = nil
        self.turn()
        start(vm)
        self.run(vm)
    }

    /// Runs what is ready. All that makes something ready goes on from here.
    func run(_ vm: OpaquePointer) {
        self.runStart = .now()
        luahost_vm_run(vm)
        self.runStart = nil
    }

    /// Ends the script by a signal: every client is disconnected with a flush, and its handler runs.
    package func interrupt() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_interrupt(vm)
        self.run(vm)
    }

    /// Errors that no part of the script caught.
    package var errorCount: Int { self.vm.map { luahost_vm_error_count($0) } ?? 0 }

    /// How many clients lost their last connection without a `disconnect` handler, and why the last of them did.
    package var lostConnections: (count: Int, reason: String)? {
        guard let vm = self.vm else { return nil }
        var reason = luahost_slice()
        let count = luahost_vm_lost(vm, &reason)
        return count == 0 ? nil : (count, String(reason))
    }

    /// The tasks that alone keep the script from its end, such as `task 'worker' (started at bot.lua:12)`.
    package var waitsFor: String? {
        guard let vm = self.vm else { return nil }
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            let length = luahost_vm_waits_for(vm, buffer.baseAddress, buffer.count)
            return String(luahost_slice(data: buffer.baseAddress, length: length))
        }
        return text.isEmpty ? nil : text
    }

    /// Ends all tasks and closes Lua.
    package func close() {
        guard let vm = self.vm else { return }
        self.vm = nil
        self.timer?.cancel()
        luahost_vm_destroy(vm)
        self.sharedInput?.leave(ObjectIdentifier(self))
    }

    /// Closes every client, with what it has queued, without running the script.
    package func disconnectClients(timeout: TimeAmount, completion: @escaping () -> Void) {
        let open = self.clients.values.filter(\.isOpen)
        guard !open.isEmpty else { return completion() }
        var left = open.count
        for client in open {
            client.closeSilently(timeout: timeout) {
                left -= 1
                if left == 0 { completion() }
            }
        }
    }

    /// Counts what the script may do before the sockets get their turn.
    func turn() { luahost_loop_turn(self.luaLoop.handle) }

    /// A random number from 0 to 1 for the pauses of a client: a virtual user's come from its seed.
    func random() -> Double { Double.random(in: 0..<1, using: &self.generator) }

    // MARK: What Lua asks for

    func wake() {
        guard !self.isWakeDue else { return }
        self.isWakeDue = true
        self.loop.eventLoop.assumeIsolated().execute { self.runReady() }
    }

    private func runReady() {
        self.isWakeDue = false
        guard let vm = self.vm else { return }
        self.turn()
        self.run(vm)
    }

    /// - Parameter nanoseconds: of the monotonic clock; `UInt64.max` for never.
    func wake(at nanoseconds: UInt64) {
        self.wantedDeadline =
            nanoseconds == .max ? .distantFuture : .uptimeNanoseconds(min(nanoseconds, UInt64(Int64.max)))
        // A timer that fires early looks again; only one that would be late must be replaced.
        if self.wantedDeadline < self.timerDeadline { self.setTimer(self.wantedDeadline) }
    }

    private func setTimer(_ deadline: NIODeadline) {
        self.timer?.cancel()
        // A deadline that has passed when the loop looks would be served before the sockets are: they get their turn
        // first. After Lua has run for long the way back to the loop is slower, its code being out of the caches.
        let now = NIODeadline.now()
        let ran = now - (self.runStart ?? now)
        let soonest = now + max(.microseconds(20), .nanoseconds(ran.nanoseconds / 50))
        self.timerDeadline = max(deadline, soonest)
        self.timer = try? self.loop.eventLoop.assumeIsolated().scheduleCallback(
            at: self.timerDeadline, handler: TimerCallback(host: self))
    }

    private struct TimerCallback: NIOScheduledCallbackHandler {
        weak var host: ScriptHost?
        func handleScheduledCallback(eventLoop: some EventLoop) { self.host?.timerFired() }
    }

    private func timerFired() {
        self.timer = nil
        self.timerDeadline = .distantFuture
        if NIODeadline.now() >= self.wantedDeadline {
            self.wantedDeadline = .distantFuture
            self.runReady()
        } else if self.wantedDeadline != .distantFuture {
            self.setTimer(self.wantedDeadline)
        }
    }

    func readStandardInput() {
        let (target, eventLoop) = (NIOLoopBound(self, eventLoop: self.loop.eventLoop), self.loop.eventLoop)
        guard let sharedInput else {
            return self.input.read { chunk, error in eventLoop.execute { _ = target.value.take(chunk, error) } }
        }
        sharedInput.read { chunk, error in
            eventLoop.execute {
                sharedInput.delivered()
                if !target.value.take(chunk, error) { sharedInput.returned(chunk, error) }
            }
        }
    }

    private func take(_ chunk: [UInt8], _ error: Int32) -> Bool {
        guard let vm = self.vm else { return false }
        self.turn()
        chunk.withUnsafeBytes { bytes in
            let slice = luahost_slice(
                data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count)
            luahost_vm_stdin(vm, slice, error)
        }
        self.run(vm)
        return true
    }

    /// Asks for the turn at the input that users share; ``luahost_vm_stdin_turn`` follows where it is not now.
    func takeStandardInput() -> Bool {
        guard let sharedInput else { return true }
        let target = NIOLoopBound(self, eventLoop: self.loop.eventLoop)
        return sharedInput.take(ObjectIdentifier(self)) {
            target.eventLoop.execute { target.value.standardInputTurn() }
        }
    }

    private func standardInputTurn() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_stdin_turn(vm)
        self.run(vm)
    }

    func giveStandardInput() { self.sharedInput?.give(ObjectIdentifier(self)) }

    func log(_ level: Int32, _ text: String, isByScript: Bool) {
        let source = isByScript ? Self.scriptSource : nil
        self.logger.log(level: Logger.Level(script: level), "\(text)", source: source)
    }

    /// The source of what scripts log themselves: a log handler is to leave that alone.
    package static let scriptSource = "script"

    func report(_ error: UncaughtError) { self.delegate?.scriptFailed(error) }

    func disconnected() { self.delegate?.scriptDisconnected() }

    func exit(_ status: Int32) {
        self.loop.eventLoop.assumeIsolated().execute { self.delegate?.scriptExited(status: status) }
    }

    func finished() {
        self.loop.eventLoop.assumeIsolated().execute { self.delegate?.scriptFinished() }
    }

    func statementEnded() {
        self.loop.eventLoop.assumeIsolated().execute { self.delegate?.scriptStatementEnded() }
    }

    func lineRead(_ line: String?) {
        self.loop.eventLoop.assumeIsolated().execute { self.delegate?.scriptLineRead(line) }
    }

    func callEnded(_ id: UInt64, _ outcome: CallOutcome) {
        self.loop.eventLoop.assumeIsolated().execute { self.delegate?.scriptCallEnded(id, outcome) }
    }

    /// A text that lives until the next call.
    func keep(_ text: String) -> luahost_slice {
        let arena = SliceArena()
        self.lentArena = arena
        return arena.slice(text)
    }

    func makeClient(_ handle: OpaquePointer, _ options: luahost_client_options) -> ClientBinding {
        let client = ClientBinding(
            handle: handle, host: self, settings: self.settings(options), logger: self.logger(options))
        self.clients[ObjectIdentifier(client)] = client
        return client
    }

    func makeSocketIOClient(
        _ handle: OpaquePointer, _ options: luahost_client_options, _ own: luahost_socketio_options
    ) -> SocketIOBinding {
        let client = SocketIOBinding(handle: handle, host: self, options: options, own: own)
        self.clients[ObjectIdentifier(client)] = client
        return client
    }

    func release(_ client: ScriptClient) { self.clients[ObjectIdentifier(client)] = nil }
}

extension Logger.Level {
    /// - Parameter level: one of those of `luahost_callbacks.log`.
    fileprivate init(script level: Int32) {
        switch Int(level) {
        case LUAHOST_DEBUG: self = .debug
        case LUAHOST_INFO: self = .info
        case LUAHOST_WARNING: self = .warning
        default: self = .error
        }
    }
}

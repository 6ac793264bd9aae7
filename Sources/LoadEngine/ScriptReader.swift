import EngineIOClient
import EpollLoop
import LoadPlan
import NIOCore
import Scripting

/// What a script says about a load test.
package struct ScriptContents: Sendable {
    package var options = LoadOptions()
    package var facts = ScriptFacts()
    package var hasSetup = false
    package var hasTeardown = false
    package var hasHandleSummary = false
    /// Metrics that the chunk made.
    package var metrics: [DeclaredMetric] = []
}

package struct DeclaredMetric: Sendable {
    package var name: String
    package var kind: LoadTestMetric
    package var isTime: Bool
}

/// Notes which metrics a script makes; it takes no samples.
private final class MetricList: LoadTestSink {
    private(set) var metrics: [DeclaredMetric] = []
    /// The script called `abort`; not to be answered at once.
    var onAbort: (String) -> Void = { _ in }

    func intern(_ kind: LoadTestName, _ text: String) -> UInt32 { 1 }

    func createMetric(_ kind: LoadTestMetric, _ name: String, isTime: Bool) throws(LoadTestError) -> Int32 {
        self.metrics.append(DeclaredMetric(name: name, kind: kind, isTime: isTime))
        return Int32(self.metrics.count)
    }

    func add(_ metric: UInt32, _ value: Double, _ tags: LoadTestTags) {}
    func checkEnded(_ check: UInt32, passed: Bool, _ tags: LoadTestTags) {}
    func groupEnded(after seconds: Double, _ tags: LoadTestTags) {}
    func timeEnded(_ name: UInt32, after seconds: Double, error: String?, _ tags: LoadTestTags) {}
    func paceEnded(service: Double, response: Double, _ tags: LoadTestTags) {}
    func abortTest(_ message: String) { self.onAbort(message) }
}

/// Why a script cannot be used for a load test.
package enum ScriptProblem: Error, CustomStringConvertible {
    /// What it says is wrong.
    case invalid(String)
    /// It raised an error.
    case failed(String)
    /// One of its functions took longer than it may.
    case timedOut(String)
    /// It called `abort`, with this message.
    case aborted(String)
    /// It was ended by a ``ScriptStop``.
    case stopped

    package var description: String {
        switch self {
        case .invalid(let text), .failed(let text), .timedOut(let text), .aborted(let text): text
        case .stopped: "stopped"
        }
    }
}

extension ScriptFacts {
    /// - Parameter host: has run the chunk.
    fileprivate init(_ host: ScriptHost, scenarios: [ScenarioOptions], waitsAt: String?, outline: ScriptOutline) {
        let called = ["default", "setup", "teardown", "handleSummary"] + scenarios.compactMap(\.exec)
        let names = Set(called + outline.functions.map(\.name))
        let functions = names.filter(host.hasFunction)
        self.init(
            functions: functions,
            otherGlobals: names.subtracting(functions).filter { host.hasGlobal($0) },
            hasOptions: host.hasGlobal("options"), waitsAt: waitsAt, startsTasks: host.planStartsTasks, outline: outline
        )
    }
}

/// Runs a script's functions outside of any user: its chunk for what it says about the test, `setup` and `teardown`.
package struct ScriptReader: Sendable {
    private let settings: ScriptSettings

    /// How long the chunk may compute, in seconds.
    private static let planLimit = 5.0

    /// How long is waited for a function that is inside a C function when its time is over, or when it is stopped.
    struct Limits: Sendable {
        var afterTimeout = Duration.seconds(2)
        var afterStop = Duration.seconds(6)
        /// And then, when the programs were ended that it may wait for.
        var afterPrograms = Duration.seconds(1)
    }

    var limits = Limits()

    package init(_ settings: ScriptSettings) {
        self.settings = settings
    }

    /// Runs the chunk until it ends or would wait.
    package func read() throws -> ScriptContents {
        var options = self.settings.options
        options.isPlan = true
        guard let contents = try self.run(options, maximumBlock: Self.planLimit, { $0.contents() }) else {
            throw ScriptProblem.stopped
        }
        return contents
    }

    /// Calls one function in a VM of its own, and gives its first result as JSON.
    ///
    /// - Parameter stop: ends the call from outside; its clients are disconnected as a user's are.
    package func call(
        _ function: String, argument: String, timeout: Duration, stop: ScriptStop? = nil
    ) throws -> String {
        let limit = timeout + self.limits.afterTimeout
        let result = try self.run(
            self.settings.options, maximumBlock: self.settings.maximumBlock, stop: stop, limit: limit
        ) { call in
            call.run(function, argument: argument, timeout: timeout)
        }
        if let result { return result }
        if stop?.isStopped == true { throw ScriptProblem.stopped }
        throw ScriptProblem.timedOut(
            "\(function)() took longer than \(timeout.planText), and is inside a C function that does not return")
    }

    /// - Parameter limit: how long is waited for a loop that does not answer.
    /// - Returns: nil where that was too long, or was after a stop: the loop is left behind.
    private func run<Value: Sendable>(
        _ options: ScriptOptions, maximumBlock: Double, stop: ScriptStop? = nil, limit: Duration? = nil,
        _ body: @escaping @Sendable (ScriptCall) -> EventLoopFuture<Value>
    ) throws -> Value? {
        let group = try EpollEventLoopGroup(numberOfThreads: 1)
        let settings = self.settings
        let eventLoop = group.next()
        let answer = eventLoop.makePromise(of: Value.self)
        let wait = PatientWait(for: answer.futureResult, limit: limit)
        let (afterStop, outside) = (self.limits.afterStop, LoopOutside())
        eventLoop.execute {
            let call = ScriptCall(
                eventLoop: eventLoop, settings: settings, options: options, maximumBlock: maximumBlock)
            let (bound, ender) = (NIOLoopBound(call, eventLoop: eventLoop), call.ender)
            outside.setProgramEnder(call.programEnder)
            stop?.attach {
                // In this order: what ends by the ender alone has used up its time.
                eventLoop.execute { bound.value.stop() }
                ender(0)
                wait.shorten(to: afterStop)
            }
            let result = body(call)
            result.assumeIsolated().whenComplete { _ in call.close() }
            result.cascade(to: answer)
        }
        defer { stop?.detach() }
        do {
            var value = try wait.wait()
            // What waits for a program may yet come to its end without it.
            if value == nil, outside.endPrograms() {
                wait.extend(by: self.limits.afterPrograms)
                value = try wait.wait()
            }
            if let value {
                try? group.syncShutdownGracefully()
                return value
            }
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
        LeftLoops.add(1)
        return nil
    }
}

/// One VM that is made, asked, and dropped.
final class ScriptCall: ScriptHostDelegate {
    private let loop: ClientLoop
    private let luaLoop: LuaLoop
    private let settings: ScriptSettings
    private let options: ScriptOptions
    private let sink = MetricList()
    private var host: ScriptHost?
    private var errors: [String] = []
    private var promise: EventLoopPromise<String>?
    private var isStopping = false
    /// Why a call ends that neither returns nor fails; until it is stopped, by its time alone.
    private var ending = ScriptProblem.stopped

    init(eventLoop: any EventLoop, settings: ScriptSettings, options: ScriptOptions, maximumBlock: Double) {
        self.loop = ClientLoop(eventLoop: eventLoop)
        self.luaLoop = LuaLoop(maximumBlock: maximumBlock, report: settings.onSlowSlice)
        self.settings = settings
        self.options = options
    }

    /// Ends the script when it computes so many seconds from now. Safe on any thread.
    var ender: @Sendable (Double) -> Void { self.luaLoop.ender }
    /// Ends the programs that the script may wait for. Safe on any thread.
    var programEnder: @Sendable () -> Bool { self.luaLoop.programEnder }

    /// The call is over.
    func close() { self.luaLoop.close() }

    func stop(_ problem: ScriptProblem = .stopped) {
        if case .timedOut = self.ending { self.ending = problem }
        self.host?.stop()
    }

    private func start() -> ScriptHost {
        let host = ScriptHost(
            loop: self.loop, luaLoop: self.luaLoop, options: self.options, logger: self.settings.logger, delegate: self,
            sink: self.sink)
        self.host = host
        host.hold()
        host.setEnvironment(self.settings.environment)
        host.run()
        return host
    }

    func contents() -> EventLoopFuture<ScriptContents> {
        let host = self.start()
        defer { host.close() }
        do {
            return self.loop.eventLoop.makeSucceededFuture(try self.contents(of: host))
        } catch {
            return self.loop.eventLoop.makeFailedFuture(error)
        }
    }

    private func contents(of host: ScriptHost) throws -> ScriptContents {
        var contents = ScriptContents()
        do {
            if let json = try host.json(ofGlobal: "options") { contents.options = try LoadOptions(json: json) }
        } catch let error as LoadTestError {
            throw ScriptProblem.invalid(error.message)
        }
        contents.metrics = self.sink.metrics
        contents.hasSetup = host.hasFunction("setup")
        contents.hasTeardown = host.hasFunction("teardown")
        contents.hasHandleSummary = host.hasFunction("handleSummary")
        var waitsAt: String?
        switch host.planState {
        case .finished, .exited: break
        case .failed: throw ScriptProblem.failed(self.errors.first ?? "the script failed")
        case .waits(let place): waitsAt = place
        }
        contents.facts = ScriptFacts(
            host, scenarios: contents.options.scenarios ?? [], waitsAt: waitsAt,
            outline: ScriptOutline(self.options.source?.text ?? []))
        return contents
    }

    func run(_ function: String, argument: String, timeout: Duration) -> EventLoopFuture<String> {
        let promise = self.loop.eventLoop.makePromise(of: String.self)
        self.promise = promise
        self.sink.onAbort = { message in
            self.loop.eventLoop.assumeIsolated().execute { self.stop(.aborted(message)) }
        }
        let host = self.start()
        self.ending = .timedOut("\(function)() took longer than \(timeout.planText)")
        let timer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
            self.finish(.failure(self.ending))
        }
        // What computes would not let the timer come to its turn.
        self.ender(timeout / .seconds(1))
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.sink.onAbort = { _ in }
            timer.cancel()
            host.close()
        }
        if !host.call(function, argument: argument, wantsResult: true, id: 0) {
            let problem = ScriptProblem.failed(self.errors.first ?? "the script has ended")
            self.finish(.failure(host.isStopped ? ScriptProblem.stopped : problem))
        }
        return promise.futureResult
    }

    private func finish(_ result: Result<String, any Error>) {
        self.promise?.completeWith(result)
        self.promise = nil
    }

    // MARK: ScriptHostDelegate

    func scriptFailed(_ error: UncaughtError) { self.errors.append(error.message) }

    func scriptCallEnded(_ id: UInt64, _ outcome: CallOutcome) {
        switch outcome {
        case .returned(let json): self.finish(.success(json))
        case .exited("0"): self.finish(.success(""))
        case .cancelled: self.isStopping = true
        default: self.finish(.failure(ScriptProblem.failed(self.errors.first ?? "it did not come to its end")))
        }
    }

    func scriptExited(status: Int32) { self.finish(.failure(ScriptProblem.failed("os.exit(\(status)) was called"))) }

    /// When it was stopped, its clients are closed now.
    func scriptFinished() { if self.isStopping { self.finish(.failure(self.ending)) } }
}

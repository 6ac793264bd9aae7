import EngineIOClient
import LoadPlan
import NIOCore
import Scripting

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
        contents.functions = ScriptFunctions(where: host.hasFunction)
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
        // A script that computes would keep the timer from firing.
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

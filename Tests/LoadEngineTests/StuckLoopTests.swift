import LoadPlan
import Logging
import Metrics
import Scripting
import Synchronization
import TestSupport
import Testing

@testable import LoadEngine

/// Runs with a user whose script is inside a C function, with limits that are short.
///
/// Each in a process of its own: a thread that computes in C cannot be ended in another way.
@Suite(.serialized) struct StuckLoopTests {
    private static func settings(_ script: String, slow: @escaping @Sendable (String) -> Void = { _ in })
        -> ScriptSettings
    {
        var options = ScriptOptions()
        options.steps = [.code(Array(script.utf8))]
        options.ignoresEnvironment = true
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return ScriptSettings(
            options: options, environment: [:], maximumBlock: 10, logger: logger, onSlowSlice: slow)
    }

    /// Two loops with a user each; the first one's is `stuck`.
    private static func run(_ stuck: String) throws -> (last: LoadRun.Progress, rounds: Int, slow: [String]) {
        let slow = Mutex<[String]>([])
        let script = Self.settings(
            "function default() if __VU == 1 then \(stuck) end eio.sleep(0.02) end"
        ) { text in slow.withLock { $0.append(text) } }
        var commandLine = CommandLineOptions()
        commandLine.vus = 2
        commandLine.duration = .milliseconds(1_500)
        let plan = try LoadPlan(commandLine: commandLine, shape: .scenario)
        var settings = LoadSettings(script: script, plan: plan, threads: 2, seed: 1)
        settings.limits.round = .milliseconds(100)
        settings.limits.silence = .milliseconds(2_000)
        settings.limits.afterEnd = .milliseconds(500)
        settings.limits.afterPrograms = .milliseconds(500)
        let run = try LoadRun(settings, registry: MetricRegistry()) { _ in }
        let rounds = Mutex(0)
        let last = try run.run { _ in rounds.withLock { $0 += 1 } }
        return (last, rounds.withLock { $0 }, slow.withLock { $0 })
    }

    private static func count(_ metric: String, _ progress: LoadRun.Progress) -> Double {
        progress.collector.value(MetricSelector(metric: metric), .count, seconds: 1) ?? 0
    }

    @Test(.enabled(if: !Sanitizer.delaysSignals, "a signal asks the loop for its place"))
    func othersAreMeasuredAndTheLoopIsLeft() async {
        await #expect(processExitsWith: .success) {
            // Some 10^15 ways to go.
            let result = try Self.run("(('a'):rep(40)):find(('a-'):rep(24) .. 'b')")
            #expect(result.last.leftBehind?.loops == 1)
            #expect(result.last.leftBehind?.users == 1)
            #expect(LeftLoops.exist)
            #expect(Self.count("iterations", result.last) > 10)
            #expect(result.rounds >= 1)
            let report = "user 1: in function 'default': inside a C function for 1."
            #expect(result.slow.contains { $0.hasPrefix(report) }, "\(result.slow)")
        }
    }

    @Test func programThatAUserWaitsForIsEnded() async {
        await #expect(processExitsWith: .success) {
            // Two programs: the shell waits for the other.
            let result = try Self.run("os.execute('sleep 60; true')")
            #expect(result.last.leftBehind == nil)
            #expect(Self.count("iterations_started", result.last) == Self.count("iterations", result.last))
            #expect(Self.count("iterations", result.last) > 10)
        }
    }

    @Test(arguments: ["os.execute('exec sleep 60')", "(('a'):rep(40)):find(('a-'):rep(24) .. 'b')"])
    func setupThatDoesNotReturnIsGivenUp(_ stuck: String) async {
        await #expect(processExitsWith: .success) { [stuck] in
            var reader = ScriptReader(Self.settings("function setup() \(stuck) end"))
            reader.limits.afterTimeout = .milliseconds(200)
            #expect {
                try reader.call("setup", argument: "", timeout: .milliseconds(300))
            } throws: { error in
                guard case ScriptProblem.timedOut(let text)? = error as? ScriptProblem else { return false }
                return text.hasPrefix("setup() took longer than 300ms")
            }
        }
    }

    @Test func stopDoesNotWaitForAFunctionThatDoesNotReturn() async {
        await #expect(processExitsWith: .success) {
            let (entered, entry) = AsyncStream.makeStream(of: String.self)
            var reader = ScriptReader(
                Self.settings(
                    "function setup() (('a'):rep(40)):find(('a-'):rep(24) .. 'b') end", slow: { entry.yield($0) }))
            reader.limits.afterStop = .milliseconds(200)
            let (bound, stop) = (reader, ScriptStop())
            async let outcome = onOwnThread {
                Result { try bound.call("setup", argument: "", timeout: .seconds(60), stop: stop) }
            }
            for await _ in entered { break }
            stop.stop()
            guard case .failure(ScriptProblem.stopped) = try await outcome else {
                Issue.record("the call was not stopped")
                return
            }
        }
    }
}

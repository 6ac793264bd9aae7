import EngineIO
import NIOCore
import NIOEmbedded
import ProcessSupport
import Testing

@testable import EngineIOClient

@testable import Scripting

/// A script's life as ``ScriptHost`` shows it to the program.
@Suite struct ScriptHostTests {
    @Test func heldScriptIsNotFinishedWithItsChunk() {
        let script = TestScript("answer = 42")
        script.eventLoop.run()
        #expect(script["answer"] == "42")
        #expect(script.host.hasReturnedFromChunk)
        #expect(!script.isFinished)
        script.host.stop()
        #expect(!script.isFinished, "not from within the call")
        script.eventLoop.run()
        #expect(script.isFinished)
        #expect(script.host.isStopped)
    }

    @Test func errorIsReportedWithItsPlaceAndCounted() throws {
        let script = TestScript("local nothing = nil\nnothing.field = 1")
        let error = try #require(script.errors.first)
        #expect(error.part == .iteration)
        #expect(error.place == "main chunk")
        #expect(error.message.hasPrefix("(command line):2: attempt to index a nil value (local 'nothing')"))
        #expect(!error.isMeasured)
        #expect(script.host.errorCount == 1)
        #expect(!script.host.hasReturnedFromChunk)
    }

    @Test func exitIsReportedAfterTheCallAndNothingRunsAnyMore() {
        let script = TestScript(
            "steps = 1; eio.start_background_task(function() steps = 2 end); eio.sleep(0); os.exit(3)"
        ) {
            $0.isStrict = true
        }
        #expect(script["steps"] == "2")
        #expect(script.exitStatus == nil, "not from within a slice of Lua")
        script.eventLoop.run()
        #expect(script.exitStatus == 3)
        #expect(!script.host.call("default", argument: "", wantsResult: false, id: 1))
    }

    @Test func exitIsNotReportedFromWithinTheStart() {
        let script = TestScript("os.exit(3)")
        #expect(script.exitStatus == nil)
        script.eventLoop.run()
        #expect(script.exitStatus == 3)
    }

    @Test func abortEndsAPlainBot() {
        let script = TestScript("require('loadtest').abort('enough'); after = true")
        script.eventLoop.run()
        #expect(script.exitStatus == ExitStatus.aborted.rawValue)
        #expect(script.logged == ["error: aborted: enough"])
        #expect(script["after"] == nil)
    }

    @Test func strictScriptEndsAtItsFirstError() {
        let text = "eio.start_background_task(function() error('no') end); eio.sleep(0); eio.sleep(1000)"
        for isStrict in [false, true] {
            let script = TestScript(text) { $0.isStrict = isStrict }
            script.eventLoop.run()
            #expect(script.errors.count == 1)
            #expect(script.exitStatus == (isStrict ? 1 : nil))
        }
    }

    @Test func stepsRunInTheirOrder() {
        let script = TestScript("") {
            $0.steps = [.code(Array("first = string == nil".utf8)), .require(Array("coroutine".utf8))]
        }
        #expect(script.errors.isEmpty)
        #expect(script["first"] == "false")
    }

    @Test func callGivesItsResultAsJSON() {
        let script = TestScript("function double(value) return {value.number * 2, 'x'} end")
        #expect(script.host.hasFunction("double"))
        #expect(!script.host.hasFunction("triple"))
        #expect(script.host.call("double", argument: #"{"number": 21}"#, wantsResult: true, id: 7))
        script.eventLoop.run()
        #expect(script.calls.map(\.id) == [7])
        guard case .returned("[42,\"x\"]")? = script.calls.first?.outcome else {
            Issue.record("\(script.calls)")
            return
        }
    }

    @Test func stopCancelsACallThatWaits() {
        let script = TestScript("function default() eio.sleep(1000) end")
        #expect(script.host.call("default", argument: "", wantsResult: false, id: 1))
        #expect(script.calls.isEmpty)
        script.host.stop()
        script.eventLoop.run()
        guard case .cancelled? = script.calls.first?.outcome else {
            Issue.record("\(script.calls)")
            return
        }
        #expect(script.errors.isEmpty)
        script.host.resume()
        #expect(!script.host.isStopped)
        #expect(script.host.call("default", argument: "", wantsResult: false, id: 2))
    }

    @Test func timerOfASleepIsSetForItsDeadline() throws {
        let script = TestScript("woken = false; eio.sleep(0.001); woken = true")
        #expect(script["woken"] == "false")
        // The host's timers are on the clock of the system, and the loop's own clock stands still.
        script.eventLoop.advanceTime(to: .now() + .seconds(1))
        #expect(script["woken"] == "true")
    }

    @Test func planEndsAtTheFirstWait() {
        let script = TestScript("options = {vus = 3}\neio.sleep(1)\noptions = nil") { $0.isPlan = true }
        guard case .waits("(command line):2 (eio.sleep)") = script.host.planState else {
            Issue.record("\(script.host.planState)")
            return
        }
        #expect(script["options"] == #"{"vus":3}"#)
    }

    @Test func planShowsItsEndAndItsTasks() {
        let ends = ["options = {}", "os.exit(0)", "error('no')"].map { text in
            switch TestScript(text, { $0.isPlan = true }).read(\.planState) {
            case .finished: "finished"
            case .exited: "exited"
            case .failed: "failed"
            case .waits(let place): place
            }
        }
        #expect(ends == ["finished", "exited", "failed"])
        let tasks = ["", "eio.start_background_task(function() end)"].map { text in
            TestScript(text) { $0.isPlan = true }.read(\.planStartsTasks)
        }
        #expect(tasks == [false, true])
    }

    @Test func userAndEnvironmentReachTheScript() {
        let script = TestScript(
            """
            local vu = require("loadtest").vu
            function default() seen = {vu.id, vu.iteration, vu.iteration_in_test, vu.scenario, __ENV.A} end
            """)
        script.host.setEnvironment(["A": "b"])
        script.host.setUser(id: 2, iteration: 3, iterationInTest: 4, scenario: "s", seed: 1)
        #expect(script.host.call("default", argument: "", wantsResult: false, id: 1))
        #expect(script["seen"] == #"[2,3,4,"s","b"]"#)
    }

    @Test func argumentsReachTheScript() {
        let script = TestScript("all = {arg[-1], arg[0], arg[1], ...}") {
            $0.arguments = ["lua", "bot.lua", "x"].map { Array($0.utf8) }
            $0.scriptIndex = 1
        }
        #expect(script["all"] == #"["lua","bot.lua","x"]"#)
    }

    @Test func addressAndTransportsOfTheProgramAreDefaults() throws {
        let script = TestScript("eio.connect()") {
            $0.defaultURL = "http://127.0.0.1:7"
            $0.clients.transports = [.websocket]
            $0.clients.localAddress = try? SocketAddress(ipAddress: "127.0.0.9", port: 0)
        }
        let binding = try #require(script.host.clients.values.first { $0.isOpen } as? ClientBinding)
        let context = try #require(binding.session?.context)
        #expect(context.requests.url.port == 7)
        #expect(context.transports == [.websocket])
        #expect(context.configuration.localAddress?.ipAddress == "127.0.0.9")
    }

    @Test func globalThatIsNotJSONIsAnError() throws {
        let script = TestScript("function f() end")
        #expect(throws: LoadTestError.self) { try script.host.json(ofGlobal: "f") }
        #expect(script.host.hasGlobal("f"))
        #expect(try script.host.json(ofGlobal: "g") == nil)
        #expect(!script.host.hasGlobal("g"))
    }

    @Test func scriptNamesTheTaskThatItWaitsFor() {
        let script = TestScript("eio.start_background_task(function() eio.sleep(1000) end)", isHeld: false)
        #expect(script.host.waitsFor == "a task (started at (command line):1)")
        #expect(TestScript("", isHeld: false).read(\.waitsFor) == nil)
    }

    @Test func logEntriesHaveTheirLevelAndWriter() {
        let script = TestScript("eio.log.info('hidden'); eio.log.warning('w'); eio.log.error('e')")
        #expect(script.logged == ["warning script: w", "error script: e"])
    }

    @Test func exitMayCloseTheScript() {
        let closes = ["os.exit(0)", "os.exit(0, true)"].map { TestScript($0).read(\.closesAtExit) }
        #expect(closes == [false, true])
    }

    @Test func seedMakesScriptsAlike() {
        let numbers = [5, 5, 6].map { seed in TestScript("n = math.random(1 << 40)") { $0.seed = seed }["n"] }
        #expect(numbers[0] == numbers[1])
        #expect(numbers[0] != numbers[2])
    }

    @Test func memoryLimitIsAnErrorOfTheScript() {
        let script = TestScript("held = ('x'):rep(1 << 24)") { $0.memoryLimit = 1 << 20 }
        #expect(script.errors.map(\.message) == ["not enough memory"])
    }

    @Test func closedHostDoesNothing() {
        let script = TestScript("function default() end")
        script.host.close()
        #expect(!script.host.call("default", argument: "", wantsResult: false, id: 1))
        #expect(script["default"] == nil)
        script.eventLoop.run()
    }
}

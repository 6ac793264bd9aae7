import LoadPlan
import Scripting

/// A scenario script run as a bot: after its chunk `setup`, `default` once, a disconnect, and `teardown`.
final class ScenarioRun {
    private enum Step: UInt64 {
        case chunk
        case setup
        case iteration
        /// The clients are disconnected.
        case leaving
        case teardown
        case ending
    }

    private let host: ScriptHost
    private let isStrict: Bool
    private var step = Step.chunk
    /// The result of `setup`, as JSON.
    private var data = ""
    /// The argument of `os.exit`.
    private(set) var exitStatus: Int32?

    /// Nil for a plain bot. To be made right after the chunk was started, and ``start()`` be called later on the loop.
    ///
    /// A chunk that waits is a bot's, whatever functions it has: that of a scenario only prepares.
    init?(_ host: ScriptHost, isStrict: Bool) {
        guard host.hasReturnedFromChunk, host.hasFunction("default") else { return nil }
        self.host = host
        self.isStrict = isStrict
    }

    /// A warning for a script that has only functions of named scenarios, which `run` cannot execute.
    static func remark(on host: ScriptHost) -> String? {
        guard host.hasReturnedFromChunk, let json = try? host.json(ofGlobal: "options"),
            let scenarios = (try? LoadOptions(json: json))?.scenarios
        else { return nil }
        let functions = scenarios.compactMap(\.exec)
        guard !functions.isEmpty, functions.allSatisfy(host.hasFunction) else { return nil }
        return "the script has no function 'default', which is what runs outside of a load test; its scenarios have "
            + functions.joined(separator: ", ")
    }

    func start() {
        guard self.step == .chunk else { return }
        self.host.hold()
        // It may have been reported as finished, because a chunk that only prepares leaves no work.
        self.host.resume()
        if ScriptFunctions(where: self.host.hasFunction).contains(.setup) {
            self.call("setup", as: .setup, wantsResult: true)
        } else {
            self.call("default", as: .iteration)
        }
    }

    func callEnded(_ id: UInt64, _ outcome: CallOutcome) {
        guard id == self.step.rawValue else { return }
        if case .exited(let status) = outcome { self.exitStatus = Int32(status) }
        if case .failed = outcome, self.isStrict {
            // The script is ending already.
            self.step = .ending
            return
        }
        switch (self.step, outcome) {
        case (.setup, .returned(let json)):
            self.data = json
            self.call("default", as: .iteration)
        case (.iteration, _):
            self.step = .leaving
            self.host.stop()
        default:
            self.step = .ending
            self.host.stop()
        }
    }

    /// Returns whether all is over.
    func scriptFinished() -> Bool {
        switch self.step {
        case .chunk:
            return false
        case .leaving where ScriptFunctions(where: self.host.hasFunction).contains(.teardown):
            self.host.resume()
            self.call("teardown", as: .teardown)
            return false
        default:
            return true
        }
    }

    /// Ends after a signal; `teardown` is still called.
    func interrupt() {
        switch self.step {
        case .iteration:
            self.step = .leaving
            self.host.stop()
        case .leaving:
            break
        default:
            self.step = .ending
            self.host.stop()
        }
    }

    private func call(_ function: String, as step: Step, wantsResult: Bool = false) {
        self.step = step
        let argument = step == .setup ? "" : self.data
        guard !self.host.call(function, argument: argument, wantsResult: wantsResult, id: step.rawValue) else { return }
        self.step = .ending
    }
}

import EngineIOClient
import EpollLoop
import LoadPlan
import NIOCore
import Scripting

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
            // A script that waits for a program may still end by itself once the program is gone.
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

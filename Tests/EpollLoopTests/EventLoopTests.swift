import Dispatch
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct EventLoopTests {
    @Test func tasksRunOnTheLoopInOrder() async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<Int>())
            #expect(!loop.inEventLoop)
            for number in 0..<1000 {
                loop.execute {
                    #expect(loop.inEventLoop)
                    log.append(number)
                }
            }
            try await loop.submit {}.get()
            #expect(log.values == Array(0..<1000))
        }
    }

    @Test func taskThatATaskAddsRunsAfterIt() async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<String>())
            let promise = loop.makePromise(of: Void.self)
            loop.execute {
                loop.execute {
                    log.append("inner")
                    promise.succeed()
                }
                log.append("outer")
            }
            try await promise.futureResult.get()
            #expect(log.values == ["outer", "inner"])
        }
    }

    @Test func manyThreadsHandOverAndNothingIsLost() async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<Int>())
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for number in 0..<2000 { loop.execute { log.append(thread * 2000 + number) } }
            }
            try await loop.submit {}.get()
            #expect(Set(log.values).count == 16_000)
            for thread in 0..<8 {
                let own = log.values.filter { $0 / 2000 == thread }
                #expect(own == own.sorted())
            }
        }
    }

    @Test(arguments: [false, true])
    func tasksOfOtherThreadsRunBeforeThoseThatTheLoopAddsLater(inTimer: Bool) async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<String>())
            let promise = loop.makePromise(of: Void.self)
            // Both are added while it runs.
            let body: @Sendable () -> Void = {
                loop.execute {
                    log.append("added later")
                    promise.succeed()
                }
                let handedOver = DispatchSemaphore(value: 0)
                DispatchQueue.global().async {
                    loop.execute { log.append("handed over") }
                    handedOver.signal()
                }
                handedOver.wait()
            }
            loop.heldUp { if inTimer { _ = loop.scheduleTask(in: .zero, body) } else { loop.execute(body) } }
            try await promise.futureResult.get()
            #expect(log.values == ["handed over", "added later"])
        }
    }

    @Test func tasksOfTheNextTurnRunAfterTimersAndOtherTasks() async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<String>())
            let promise = loop.makePromise(of: Void.self)
            loop.execute {
                loop.executeInNextTurn {
                    log.append("next turn")
                    loop.executeInNextTurn {
                        log.append("the one after that")
                        promise.succeed()
                    }
                    loop.execute { log.append("task of the next turn") }
                }
                _ = loop.scheduleTask(in: .zero) { log.append("timer") }
                loop.execute {
                    log.append("task")
                    loop.execute { log.append("task of the task") }
                }
            }
            try await promise.futureResult.get()
            #expect(Set(log.values.prefix(3)) == ["task", "task of the task", "timer"])
            #expect(log.values.dropFirst(3) == ["next turn", "task of the next turn", "the one after that"])
        }
    }

    @Test func tasksWithoutEndDoNotStarveSocketsAndTimers() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (loop, recorder, isOver) = (try group.loop, Recorder(), Box<Bool>())
            let (channel, peer) = try await loop.connect(to: listener)
            try await loop.submit {
                channel.readDirectly(recorder)
                Self.addTasks(on: loop, until: isOver)
            }.get()
            try await loop.scheduleTask(in: .milliseconds(2)) {}.futureResult.get()
            peer.write("x")
            await recorder.wait(for: .read("x"))
            try await loop.submit { isOver.value = true }.get()
            peer.close()
        }
    }

    private static func addTasks(on loop: EpollEventLoop, until isOver: Box<Bool>) {
        if isOver.value == nil { loop.execute { Self.addTasks(on: loop, until: isOver) } }
    }

    @Test func futuresGoFromLoopToLoop() async throws {
        try await withGroup(2) { group in
            let (one, two) = (try group.loop, try group.loop)
            #expect(one !== two)
            let result = try await one.submit { 20 }.flatMap { number in
                #expect(one.inEventLoop)
                return two.submit {
                    #expect(two.inEventLoop)
                    return number + 1
                }
            }.map { number in
                #expect(one.inEventLoop)
                return number * 2
            }.hop(to: two).get()
            #expect(result == 42)
        }
    }

    private actor Counter {
        let loop: EpollEventLoop
        var count = 0

        init(_ loop: EpollEventLoop) { self.loop = loop }

        nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.executor.asUnownedSerialExecutor() }

        func add() -> Bool {
            self.count += 1
            return self.loop.inEventLoop
        }
    }

    @Test func actorsRunOnIt() async throws {
        try await withGroup { group in
            let counter = Counter(try group.loop)
            await withTaskGroup { tasks in
                for _ in 0..<100 { tasks.addTask { #expect(await counter.add()) } }
            }
            #expect(await counter.count == 100)
        }
    }
}

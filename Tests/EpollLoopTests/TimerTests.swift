import NIOCore
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct TimerTests {
    @Test(arguments: [0, 1, 50_000, 300_000, 999_999, 1_500_000, 2_000_000, 2_300_000, 25_000_000] as [Int64])
    func neverBeforeItsTime(_ nanoseconds: Int64) async throws {
        try await withGroup { group in
            let deadline = NIODeadline.now() + .nanoseconds(nanoseconds)
            let time = try await group.loop.scheduleTask(deadline: deadline) { NIODeadline.now() }.futureResult.get()
            #expect(time >= deadline)
        }
    }

    @Test(arguments: [true, false]) func inOrderOfTheirDeadlines(_ onLoop: Bool) async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<Int>())
            let start = NIODeadline.now() + .milliseconds(5)
            let schedule: @Sendable () -> Void = {
                for number in [30, 10, 20, 0] {
                    let deadline = start + .microseconds(Int64(number) * 100)
                    _ = loop.scheduleTask(deadline: deadline) { log.append(number) }
                    _ = try? loop.scheduleCallback(at: deadline, handler: Handler { log.append(number + 1) })
                }
            }
            if onLoop { try await loop.submit(schedule).get() } else { loop.heldUp(schedule) }
            try await loop.scheduleTask(deadline: start + .milliseconds(4)) {}.futureResult.get()
            #expect(log.values == [0, 1, 10, 11, 20, 21, 30, 31])
        }
    }

    @Test func nearerDeadlineIsNotKeptWaitingByAFartherOne() async throws {
        try await withGroup { group in
            let loop = try group.loop
            let far = loop.scheduleTask(in: .hours(1)) {}
            let near = loop.scheduleTask(in: .milliseconds(1)) {}
            try await near.futureResult.get()
            try await loop.scheduleTask(in: .microseconds(200)) {}.futureResult.get()
            far.cancel()
            await #expect(throws: EventLoopError.cancelled) { try await far.futureResult.get() }
        }
    }

    @Test(arguments: [true, false]) func cancelledIsNeverRun(_ onLoop: Bool) async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<String>())
            let end = NIODeadline.now() + .milliseconds(3)
            let schedule: @Sendable () -> Void = {
                let task = loop.scheduleTask(deadline: end - .milliseconds(1)) { log.append("task") }
                let callback = try? loop.scheduleCallback(
                    at: end - .milliseconds(1), handler: Handler { log.append("callback") })
                task.cancel()
                callback?.cancel()
            }
            if onLoop { try await loop.submit(schedule).get() } else { loop.heldUp(schedule) }
            try await loop.scheduleTask(deadline: end) {}.futureResult.get()
            #expect(log.values.isEmpty)
        }
    }

    @Test func cancelledByATimerOfTheSameTime() async throws {
        try await withGroup { group in
            let (loop, log) = (try group.loop, Log<String>())
            let deadline = NIODeadline.now() + .milliseconds(2)
            loop.heldUp {
                let second = Box<Scheduled<Void>>()
                _ = loop.scheduleTask(deadline: deadline) { second.value?.cancel() }
                second.value = loop.scheduleTask(deadline: deadline) { log.append("second") }
            }
            try await loop.scheduleTask(deadline: deadline) {}.futureResult.get()
            #expect(log.values.isEmpty)
        }
    }
}

import TestSupport
import Testing

@testable import LoadPlan

/// The times of arrivals and of a ramp's users against closed forms.
struct ScheduleTests {
    private func times(_ schedule: ArrivalSchedule) -> [Int64] {
        var schedule = schedule
        var times: [Int64] = []
        while let time = schedule.time(of: times.count) { times.append(time) }
        return times
    }

    @Test(arguments: [(3, 1.0, 10.0, 30), (7, 60.0, 61.0, 8), (1_000, 1.0, 1.0005, 1_001), (1, 1.0, 0.5, 1)])
    func aConstantRate(_ rate: Int, _ unit: Double, _ duration: Double, _ count: Int) {
        let schedule = ArrivalSchedule(rate: rate, timeUnit: .seconds(unit), duration: .seconds(duration))
        let times = self.times(schedule)
        #expect(times.count == count)
        for (number, time) in times.enumerated() {
            let nanoseconds = Int64(unit * 1e9)
            #expect(time == (Int64(number) * nanoseconds + Int64(rate) - 1) / Int64(rate))
        }
    }

    @Test func aConstantRateDoesNotDriftInHours() {
        var schedule = ArrivalSchedule(rate: 99_999, timeUnit: .seconds(1), duration: .seconds(36_000))
        let late = schedule.time(of: 99_999 * 35_999)
        #expect(late == 35_999_000_000_000)
        let tooLate = schedule.time(of: 99_999 * 36_000)
        #expect(tooLate == nil)
    }

    @Test func aRampFromNothing() {
        // The area under 0 → 10 per second in 10 s is t²/2: iteration n starts at √(2(n+1)).
        let times = self.times(
            ArrivalSchedule(startRate: 0, timeUnit: .seconds(1), stages: [Stage(duration: .seconds(10), target: 10)]))
        #expect(times.count == 50)
        for (number, time) in times.enumerated() {
            let exact = Double(2 * (number + 1)).squareRoot() * 1e9
            #expect(Double(time) >= exact - 1e-3 && Double(time) < exact + 1.001)
        }
    }

    @Test func theFlatEndOfALongRampIsExactToo() {
        // 10^6/s to nothing in 10 h: the rate at the end is so low that `Double` is off by microseconds.
        let duration: Int128 = 36_000 * 1_000_000_000
        var schedule = ArrivalSchedule(
            startRate: 1_000_000, timeUnit: .seconds(1), stages: [Stage(duration: .seconds(36_000), target: 0)])
        func reaches(_ count: Int, _ time: Int64) -> Bool {
            let time = Int128(time)
            return 1_000_000 * time * (2 * duration - time) >= 2 * Int128(count) * 1_000_000_000 * duration
        }
        for number in (18_000_000_000 - 50)..<18_000_000_000 {
            let time = schedule.time(of: number) ?? 0
            #expect(reaches(number + 1, time) && !reaches(number + 1, time - 1))
        }
    }

    @Test func aUserStartsAtTheFirstNanosecondOfItsLevel() {
        let steps = self.steps(0, [Stage(duration: .seconds(1), target: 3)], Share(of: .whole))
        #expect(steps.map(\.time) == [333_333_334, 666_666_667, 1_000_000_000])
    }

    @Test func theLargestPlanDoesNotOverflow() throws {
        let year = Stage(duration: .seconds(366 * 86_400), target: 1_000_000_000)
        var ramp = ArrivalSchedule(startRate: 999_999_999, timeUnit: .seconds(1), stages: [year])
        let last = ramp.time(of: 999_999_999 * 366 * 86_400)
        #expect(try #require(last) > 366 * 86_399 * 1_000_000_000)
        let plan = try LoadPlan.of(
            #"{"scenarios":{"a":{"executor":"per-vu-iterations","vus":100000000,"iterations":10000000000}}}"#)
        let share = try Share(of: ExecutionSegment(index: 99_999, of: 100_000))
        #expect(plan.machine(for: plan.scenarios[0], share: share).users.live == 0)
    }

    @Test func aRampToNothingHasItsLastIterationAtItsEnd() {
        let times = self.times(
            ArrivalSchedule(startRate: 10, timeUnit: .seconds(1), stages: [Stage(duration: .seconds(10), target: 0)]))
        #expect(times.count == 50)
        #expect(times.last == 10_000_000_000)
    }

    @Test func partsOfIterationsAreCarriedIntoTheNextStage() {
        // 9.8 iterations, then 0.2 of the next: at 2 a second that is 0.1 s into the second stage.
        let stages = [
            Stage(duration: .milliseconds(4_900), target: 2), Stage(duration: .zero, target: 2),
            Stage(duration: .seconds(1), target: 2),
        ]
        let times = self.times(ArrivalSchedule(startRate: 2, timeUnit: .seconds(1), stages: stages))
        #expect(times.count == 11)
        #expect(times[0] == 500_000_000 && times[9] == 5_000_000_000)
    }

    @Test func randomRampsReachTheirAreaToTheNanosecond() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let stages = (0..<4).map { _ in
                Stage(duration: .milliseconds(random.below(40_000)), target: random.below(30))
            }
            let start = random.below(30)
            let unit = Int64([1_000_000_000, 60_000_000_000, 100_000_000][random.below(3)])
            let times = self.times(
                ArrivalSchedule(startRate: start, timeUnit: .nanoseconds(unit), stages: stages))
            for (number, time) in times.enumerated() {
                let wanted = Double(number + 1)
                #expect(Self.area(time, start, stages, unit) >= wanted - 1e-9)
                #expect(time == 0 || Self.area(time - 1, start, stages, unit) < wanted + 1e-9)
            }
            let all = Self.area(Int64.max, start, stages, unit)
            #expect(abs(Double(times.count) - all.rounded(.down)) <= (all == all.rounded() ? 1 : 0))
            #expect(times == times.sorted())
        }
    }

    /// Iterations that a ramp has made until `time`.
    private static func area(_ time: Int64, _ start: Int, _ stages: [Stage], _ unit: Int64) -> Double {
        var (sum, from, begin) = (0.0, Double(start), Int64(0))
        for stage in stages {
            let duration = stage.duration.wholeNanoseconds
            let passed = Double(min(duration, max(0, time - begin)))
            let to = Double(stage.target)
            if duration > 0 { sum += passed * from + (to - from) * passed * passed / (2 * Double(duration)) }
            (from, begin) = (to, begin + duration)
        }
        return sum / Double(unit)
    }

    private func steps(_ startUsers: Int, _ stages: [Stage], _ share: Share) -> [RampSchedule.Step] {
        var ramp = RampSchedule(startUsers: startUsers, stages: stages, share: share)
        var steps: [RampSchedule.Step] = []
        while let step = ramp.peek() {
            ramp.advance(step)
            steps.append(step)
        }
        return steps
    }

    @Test func usersComeAndGoOnAStraightLine() {
        let stages = [Stage(duration: .seconds(10), target: 10), Stage(duration: .seconds(5), target: 0)]
        let steps = self.steps(0, stages, Share(of: .whole))
        #expect(steps.count == 20)
        for (index, step) in steps.enumerated() {
            let isUp = index < 10
            #expect(step.starts == isUp)
            #expect(step.user == (isUp ? index : 19 - index))
            #expect(step.time == Int64(isUp ? (index + 1) * 1_000 : 10_000 + (index - 9) * 500) * 1_000_000)
        }
    }

    @Test func aStageWithoutDurationIsAJump() {
        let steps = self.steps(
            2, [Stage(duration: .zero, target: 5), Stage(duration: .seconds(1), target: 5)], Share(of: .whole))
        #expect(steps.map(\.user) == [2, 3, 4] && steps.allSatisfy { $0.time == 0 && $0.starts })
    }

    @Test(arguments: ShareTests.partitions, [1, 3])
    func theSegmentsRampsAddUpToTheWhole(_ segments: [String], _ loops: Int) throws {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<10 {
            let stages = (0..<5).map { _ in
                Stage(duration: .milliseconds(random.below(10_000)), target: random.below(40))
            }
            let start = random.below(40)
            let whole = self.steps(start, stages, Share(of: .whole))
            let parts = try ShareTests.shares(segments, loops: loops).flatMap { share in
                self.steps(start, stages, share).map {
                    RampSchedule.Step(time: $0.time, user: share.element($0.user), starts: $0.starts)
                }
            }
            func sorted(_ steps: [RampSchedule.Step]) -> [[Int64]] {
                steps.map { [$0.time, Int64($0.user), $0.starts ? 1 : 0] }.sorted { $0.lexicographicallyPrecedes($1) }
            }
            #expect(sorted(parts) == sorted(whole))
        }
    }
}

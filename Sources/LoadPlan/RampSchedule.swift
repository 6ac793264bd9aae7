/// When the users of a share come and go in a ramp.
///
/// Going up, the n-th user of the whole starts when the straight line reaches n; going down, it stops when the line
/// reaches n - 1 (k6, "Ramping VUs"). Segments take their users of the same line, so that their sum is its shape.
struct RampSchedule: Equatable, Sendable {
    struct Step: Equatable {
        /// Nanoseconds since the executor's start.
        let time: Int64
        /// The share's user, from 0.
        let user: Int
        let starts: Bool
    }

    private let share: Share
    private var stages: [Stage]
    private var stage = 0
    private var stageStart: Int64 = 0
    private var from: Int
    /// How many of the share's users run after the last step.
    private(set) var users: Int

    init(startUsers: Int, stages: [Stage], share: Share) {
        self.share = share
        self.stages = stages
        self.from = startUsers
        self.users = share.count(below: startUsers)
    }

    /// The next step without taking it, or nil after the last one.
    mutating func peek() -> Step? {
        while self.stage < self.stages.count {
            let stage = self.stages[self.stage]
            let goal = self.share.count(below: stage.target)
            if goal > self.users {
                return Step(
                    time: self.time(when: self.share.element(self.users) + 1, in: stage), user: self.users,
                    starts: true)
            }
            if goal < self.users {
                return Step(
                    time: self.time(when: self.share.element(self.users - 1), in: stage), user: self.users - 1,
                    starts: false)
            }
            self.stageStart += stage.duration.wholeNanoseconds
            self.from = stage.target
            self.stage += 1
        }
        return nil
    }

    /// Takes the step that `peek` returned.
    mutating func advance(_ step: Step) { self.users += step.starts ? 1 : -1 }

    /// From `time` on the line goes to `target`, whatever it was before: up within `span`, down at once.
    mutating func redirect(to target: Int, from time: Int64, within span: Duration) {
        self.from = self.stages.last?.target ?? self.from
        self.stages = [Stage(duration: target > self.from ? span : .zero, target: target)]
        self.stage = 0
        self.stageStart = time
    }

    /// The first nanosecond at which the line has come as far as `level`; users that a line left behind when it was
    /// redirected are due at once.
    private func time(when level: Int, in stage: Stage) -> Int64 {
        let way = Int128(max(abs(stage.target - self.from), 1))
        let done = min(Int128(max((level - self.from) * (stage.target - self.from).signum(), 0)), way)
        return self.stageStart + Int64((Int128(stage.duration.wholeNanoseconds) * done + way - 1) / way)
    }
}

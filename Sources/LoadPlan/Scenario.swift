/// One scenario of a plan, with every default filled in.
package struct Scenario: Equatable, Sendable {
    package let name: String
    package let executor: Executor
    /// The function that is the iteration; a plain bot has none and ignores it.
    package let exec: String
    /// From the run's start.
    package let startTime: Duration
    /// How long a running iteration may go on when the executor's time is over.
    package let gracefulStop: Duration
    /// The same for a user that a ramp takes away.
    package let gracefulRampDown: Duration
    /// How long a user of a closed model waits after an iteration that could not connect.
    package let failurePause: Duration
    package let env: [String: String]
    package let tags: [String: String]
    package let weight: Int?
    package let fixedCount: Int?
    /// `idInTest` of the scenario's first user; its users have consecutive identifiers over all segments.
    package let firstUserID: Int
    /// Whether the script names `exec` itself.
    package let namesExec: Bool

    /// A server that is down is not to be asked as fast as it can refuse.
    static let defaultFailurePause: Duration = .seconds(1)

    init(_ options: ScenarioOptions, inheriting: LoadOptions, shape: ScriptShape, firstUserID: Int) {
        self.name = options.name
        self.executor = options.executor
        self.exec = options.exec ?? "default"
        self.namesExec = options.exec != nil
        self.startTime = options.startTime
        self.gracefulStop = options.gracefulStop ?? inheriting.gracefulStop ?? shape.defaultGracefulStop
        self.gracefulRampDown = options.gracefulRampDown ?? inheriting.gracefulRampDown ?? shape.defaultGracefulStop
        self.failurePause = options.failurePause ?? inheriting.failurePause ?? Self.defaultFailurePause
        self.env = options.env
        self.tags = options.tags
        self.weight = options.weight
        self.fixedCount = options.fixedCount
        self.firstUserID = firstUserID
    }

    /// When the stages of a ramping executor end, in seconds from the run's start.
    package var stageEnds: [Double] {
        switch self.executor {
        case .rampingVUs(_, let stages), .rampingArrivalRate(_, _, _, let stages):
            var end = self.startTime
            return stages.map { stage in
                end += stage.duration
                return Double(end.wholeNanoseconds) / 1e9
            }
        default: return []
        }
    }

    /// When iterations are no longer started, in seconds from the run's start; nil if their number decides.
    package var plannedEnd: Double? {
        switch self.executor {
        case .perVUIterations, .sharedIterations: nil
        default: Double((self.startTime + self.executor.duration).wholeNanoseconds) / 1e9
        }
    }

    /// When the scenario is over at the latest, from the run's start.
    package var latestEnd: Duration { self.startTime + self.executor.duration + self.gracefulStop }
}

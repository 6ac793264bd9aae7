/// How a scenario starts iterations: k6's six executors (k6 documentation, "Executors").
package enum Executor: Equatable, Sendable {
    case constantVUs(users: Int, duration: Duration)
    case rampingVUs(startUsers: Int, stages: [Stage])
    case perVUIterations(users: Int, iterations: Int, maxDuration: Duration)
    case sharedIterations(users: Int, iterations: Int, maxDuration: Duration)
    case constantArrivalRate(ArrivalUsers, rate: Int, timeUnit: Duration, duration: Duration)
    case rampingArrivalRate(ArrivalUsers, startRate: Int, timeUnit: Duration, stages: [Stage])

    /// The users of an arrival-rate executor: some from the start, more when none is free.
    package struct ArrivalUsers: Equatable, Sendable {
        package let preAllocated: Int
        package let most: Int

        package init(preAllocated: Int, most: Int) {
            self.preAllocated = preAllocated
            self.most = most
        }
    }

    /// k6's name of the kind.
    package enum Kind: String, CaseIterable, Sendable {
        case constantVUs = "constant-vus"
        case rampingVUs = "ramping-vus"
        case perVUIterations = "per-vu-iterations"
        case sharedIterations = "shared-iterations"
        case constantArrivalRate = "constant-arrival-rate"
        case rampingArrivalRate = "ramping-arrival-rate"
    }

    package var kind: Kind {
        switch self {
        case .constantVUs: .constantVUs
        case .rampingVUs: .rampingVUs
        case .perVUIterations: .perVUIterations
        case .sharedIterations: .sharedIterations
        case .constantArrivalRate: .constantArrivalRate
        case .rampingArrivalRate: .rampingArrivalRate
        }
    }

    /// The most users that run at once, over all segments.
    package var maxUsers: Int {
        switch self {
        case .constantVUs(let users, _): users
        case .rampingVUs(let start, let stages): stages.reduce(start) { max($0, $1.target) }
        case .perVUIterations(let users, _, _), .sharedIterations(let users, _, _): users
        case .constantArrivalRate(let users, _, _, _), .rampingArrivalRate(let users, _, _, _): users.most
        }
    }

    /// How long iterations are started at most; `gracefulStop` comes on top.
    package var duration: Duration {
        switch self {
        case .constantVUs(_, let duration), .constantArrivalRate(_, _, _, let duration): duration
        case .perVUIterations(_, _, let duration), .sharedIterations(_, _, let duration): duration
        case .rampingVUs(_, let stages), .rampingArrivalRate(_, _, _, let stages): stages.totalDuration
        }
    }
}

extension [Stage] {
    var totalDuration: Duration { self.reduce(.zero) { $0 + $1.duration } }
}

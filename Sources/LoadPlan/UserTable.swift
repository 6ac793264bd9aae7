/// The users of a scenario on one loop and what they are doing.
struct UserTable: Sendable {
    enum Phase: Equatable, Sendable {
        /// Not started, or stopped.
        case absent
        /// Started, without an iteration.
        case idle
        case running
        /// Starts its next iteration at this time, in nanoseconds since the run's start.
        case waiting(until: Int64)
        /// Ordered to stop while an iteration runs, which is cancelled at this time.
        case stopping(deadline: Int64)
        /// Ordered to stop, and no iteration runs any more.
        case ending
    }

    struct Slot: Sendable {
        var phase = Phase.absent
        /// Started so far.
        var iterations = 0
        /// To be started again as soon as it is gone.
        var isWanted = false
    }

    private let share: Share
    private let firstUserID: Int
    private let stride: Int
    private(set) var slots: [Slot]
    /// Users that are not absent.
    private(set) var live = 0

    /// - Parameter stride: how far the identifiers of neighbours lie apart.
    init(share: Share, users: Int, firstUserID: Int, stride: Int = 1) {
        self.share = share
        self.firstUserID = firstUserID
        self.stride = stride
        self.slots = Array(repeating: Slot(), count: share.count(below: users))
    }

    var count: Int { self.slots.count }

    func user(_ slot: Int) -> ScenarioUser {
        ScenarioUser(idInTest: self.firstUserID + self.stride * self.share.element(slot), slot: slot)
    }

    /// Makes room for the share of so many users; never less than there was.
    mutating func grow(toShareOf users: Int) {
        let missing = self.share.count(below: users) - self.slots.count
        if missing > 0 { self.slots.append(contentsOf: repeatElement(Slot(), count: missing)) }
    }

    func phase(_ slot: Int) -> Phase { self.slots[slot].phase }

    mutating func setPhase(_ slot: Int, _ phase: Phase) {
        self.live += (phase == .absent ? 0 : 1) - (self.slots[slot].phase == .absent ? 0 : 1)
        self.slots[slot].phase = phase
    }

    mutating func countIteration(_ slot: Int) { self.slots[slot].iterations += 1 }

    mutating func setWanted(_ slot: Int, _ isWanted: Bool) { self.slots[slot].isWanted = isWanted }
}

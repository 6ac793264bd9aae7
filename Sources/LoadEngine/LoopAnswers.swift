import NIOCore

/// Which loops of a run answer, and when those that do not are given up.
///
/// A value that receives the time. A loop that is inside a C function of a script does not respond; it may do so later.
struct LoopAnswers {
    struct Limits: Sendable {
        /// How long a round of questions waits for all loops.
        var round = Duration.milliseconds(500)
        /// The same for the last one, when all that answer have ended.
        var lastRound = Duration.seconds(10)
        /// A loop that is silent for so long, …
        var silence = Duration.seconds(8)
        /// … so long after the time of the run is over, is given up.
        var afterEnd = Duration.seconds(5)
        /// After the grace of its iterations and this time, one is that is silent at all.
        var afterGrace = Duration.seconds(10)
        var anySilence = Duration.seconds(3)
        /// The time that a loop may take that waited for a program, after the program was ended.
        var afterPrograms = Duration.seconds(1)
        /// And after this time one that answers and never comes to its end.
        var longest = Duration.seconds(60)
    }

    private struct Loop {
        var lastAnswer = NIODeadline.uptimeNanoseconds(0)
        /// It owes an answer to a round that did not wait for it.
        var isSilent = false
        var isFinished = false
    }

    let limits: Limits
    private var loops: [Loop]
    /// The end of the run's time, and of the grace of its iterations.
    private var end = NIODeadline.distantFuture
    private var graceEnd = NIODeadline.distantFuture
    /// When the programs were ended that the loops may have waited for.
    private var programsEnded: NIODeadline?

    init(loops: Int, limits: Limits) {
        self.limits = limits
        self.loops = Array(repeating: Loop(), count: loops)
    }

    mutating func start(at now: NIODeadline) {
        for index in self.loops.indices { self.loops[index].lastAnswer = now }
    }

    /// The run's time is over then, or earlier.
    mutating func end(at time: NIODeadline, grace: Duration) {
        self.end = min(self.end, time)
        self.graceEnd = min(self.graceEnd, time + TimeAmount(grace))
    }

    /// Those that a round may ask and wait for.
    var askable: [Int] { self.loops.indices.filter { !self.loops[$0].isSilent } }

    /// A round is over without the answers of these.
    mutating func roundEnded(missing: Set<Int>) {
        for index in missing { self.loops[index].isSilent = true }
    }

    mutating func answered(_ loop: Int, at now: NIODeadline) {
        self.loops[loop].lastAnswer = now
        self.loops[loop].isSilent = false
    }

    mutating func finished(_ loop: Int) { self.loops[loop].isFinished = true }

    func lastAnswer(of loop: Int) -> NIODeadline { self.loops[loop].lastAnswer }

    enum Verdict: Equatable {
        case goesOn
        case isOver
        /// These do not answer: what they wait for may be a program, and is to be ended. Said once.
        case endPrograms(of: [Int])
        /// The run is over without these.
        case leave([Int])
    }

    mutating func verdict(at now: NIODeadline) -> Verdict {
        let unfinished = self.loops.indices.filter { !self.loops[$0].isFinished }
        if unfinished.isEmpty { return .isOver }
        guard unfinished.allSatisfy({ self.isGivenUp(self.loops[$0], now) }) else { return .goesOn }
        guard let programsEnded else {
            self.programsEnded = now
            return .endPrograms(of: unfinished)
        }
        return now - programsEnded < TimeAmount(self.limits.afterPrograms) ? .goesOn : .leave(unfinished)
    }

    /// There was none to be ended.
    mutating func foundNoPrograms() { self.programsEnded = .uptimeNanoseconds(0) }

    private func isGivenUp(_ loop: Loop, _ now: NIODeadline) -> Bool {
        let passed = { (time: NIODeadline, limit: Duration) in time < now && now - time >= TimeAmount(limit) }
        if passed(self.end, self.limits.afterEnd), passed(loop.lastAnswer, self.limits.silence) { return true }
        if passed(self.graceEnd, self.limits.afterGrace), passed(loop.lastAnswer, self.limits.anySilence) {
            return true
        }
        return passed(self.graceEnd, self.limits.longest)
    }
}

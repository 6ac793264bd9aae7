import EngineIO
import TestSupport
import Testing

struct WriteStallTests {
    private var stall = WriteStall(handed: 5000, unwritten: 3000, limit: 1000, patience: 500)

    @Test mutating func aServerThatReadsIsWaitedFor() {
        for unwritten in stride(from: 2900, to: 0, by: -100) {
            check(self.stall.look(handed: 5000, unwritten: unwritten), .wait)
        }
    }

    @Test mutating func whatIsHandedOverMeanwhileIsNoSignOfReading() {
        check(self.stall.look(handed: 6000, unwritten: 4000), .readSome)
        check(self.stall.look(handed: 7000, unwritten: 4999), .wait)
    }

    @Test mutating func aServerThatReadsNothingIsDeadInTheEnd() {
        for _ in 0..<4 { check(self.stall.look(handed: 5000, unwritten: 3000), .readSome) }
        check(self.stall.look(handed: 5000, unwritten: 3000), .dead)
    }

    @Test mutating func eachByteThatIsTakenStartsTheWaitAgain() {
        for unwritten in [2999, 2998] {
            for _ in 0..<3 { check(self.stall.look(handed: 5000, unwritten: unwritten + 1), .readSome) }
            check(self.stall.look(handed: 5000, unwritten: unwritten), .wait)
        }
    }

    @Test mutating func nothingMoreIsReadOnceThatHasAddedTheLimit() {
        self.stall.readSome(added: 600)
        check(self.stall.look(handed: 5600, unwritten: 3600), .readSome)
        self.stall.readSome(added: -100)
        self.stall.readSome(added: 600)
        check(self.stall.look(handed: 6200, unwritten: 4200), .wait)
    }
}

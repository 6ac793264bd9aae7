import EngineIO
import NIOCore
import TestSupport
import Testing

struct PongSlotTests {
    private var slot = PongSlot()

    private mutating func pinged(_ text: String) {
        var text = text
        text.withUTF8 { self.slot.pinged(UnsafeRawBufferPointer($0)) }
    }

    private mutating func next() -> String? { self.slot.next().map { String(buffer: $0) } }

    @Test mutating func aPingIsAnsweredOnce() {
        check(self.next(), nil)
        self.pinged("a")
        check(self.next(), "a")
        check(self.next(), nil)
        self.slot.taken()
        check(self.next(), nil)
    }

    @Test mutating func theAnswerToTheLatestPingReplacesOneThatIsNotWritten() {
        for text in ["a", "b", "", "latest"] { self.pinged(text) }
        check(self.next(), "latest")
        self.slot.taken()
        check(self.next(), nil)
    }

    @Test mutating func onePongIsOnItsWayAndOneWaits() {
        self.pinged("first")
        check(self.next(), "first")
        for number in 0..<1000 {
            self.pinged("\(number)")
            check(self.next(), nil)
        }
        self.slot.taken()
        check(self.next(), "999")
        self.pinged("last")
        check(self.next(), nil)
        self.slot.taken()
        check(self.next(), "last")
    }
}

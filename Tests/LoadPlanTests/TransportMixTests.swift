import LoadPlan
import Testing

struct TransportMixTests {
    @Test(arguments: [
        "polling=20,upgrade=60,websocket=20", "polling=1,upgrade=1,websocket=98", "websocket=100",
        "polling=50,websocket=50", "upgrade=33,polling=67,websocket=0",
    ])
    func anyHundredConsecutiveUsersAreExact(_ text: String) throws {
        let mix = try TransportMix(parsing: text)
        for first in [1, 2, 37, 100, 12_345] {
            var counts: [TransportMix.Kind: Int] = [:]
            for id in first..<(first + 100) { counts[mix.kind(ofUser: id), default: 0] += 1 }
            for (kind, percent) in mix.percentages { #expect(counts[kind, default: 0] == percent) }
        }
    }

    @Test func fewUsersAreMixedToo() throws {
        let mix = try TransportMix(parsing: "polling=20,upgrade=60,websocket=20")
        for first in 1...200 {
            var upgrades = 0
            for id in first..<(first + 10) where mix.kind(ofUser: id) == .upgrade { upgrades += 1 }
            #expect((4...8).contains(upgrades))
        }
    }

    @Test func noLoopGetsAllUsersOfOneKind() throws {
        let mix = try TransportMix(parsing: "polling=50,websocket=50")
        for loops in [2, 4, 5, 10] {
            for loop in 0..<loops {
                let users = (0..<100).map { mix.kind(ofUser: 1 + loop + $0 * loops) }
                #expect((40...60).contains(users.filter { $0 == .polling }.count))
            }
        }
    }

    @Test(arguments: [
        "", "polling", "polling=", "polling=x", "polling=100,", "pooling=100", "polling=50,polling=50", "polling=99",
        "polling=60,websocket=60", "polling=-1,websocket=101", "=100", "polling=100=1",
    ])
    func notAMix(_ text: String) {
        #expect(throws: OptionErrors.self) { try TransportMix(parsing: text) }
    }
}

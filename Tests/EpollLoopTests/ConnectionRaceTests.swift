import NIOCore
import Testing

@testable import EpollLoop

@Suite struct ConnectionRaceTests {
    private let v6 = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map { try! SocketAddress(ipAddress: $0, port: 80) }
    private let v4 = ["192.0.2.1", "192.0.2.2"].map { try! SocketAddress(ipAddress: $0, port: 80) }

    @Test func familiesTakeTurnsAndIPv6IsFirst() {
        var race = ConnectionRace(v6: self.v6, v4: self.v4)
        let order = [self.v6[0], self.v4[0], self.v6[1], self.v4[1], self.v6[2]]
        for (index, address) in order.enumerated() {
            #expect(race.hasMore)
            let action = race.tryNext()
            #expect(action == .connect(address), "\(index)")
        }
        #expect(!race.hasMore)
    }

    @Test func failureGoesOnAtOnce() {
        var race = ConnectionRace(v6: [], v4: self.v4)
        let actions = [race.tryNext(), race.failed(), race.failed()]
        #expect(actions == [.connect(self.v4[0]), .connect(self.v4[1]), .lose])
    }

    @Test func lostOnlyWhenAllHaveFailed() {
        var race = ConnectionRace(v6: [], v4: self.v4)
        // The second is tried as patience with the first is over.
        let actions = [race.tryNext(), race.tryNext(), race.tryNext(), race.failed(), race.failed()]
        #expect(actions == [.connect(self.v4[0]), .connect(self.v4[1]), .wait, .wait, .lose])
    }

    @Test func noAddressIsLostAtOnce() {
        var race = ConnectionRace(v6: [], v4: [])
        #expect(!race.hasMore)
        let action = race.tryNext()
        #expect(action == .lose)
    }
}

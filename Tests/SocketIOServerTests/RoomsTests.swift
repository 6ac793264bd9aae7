import Testing

@testable import SocketIOServer

struct RoomsTests {
    private let lobby = Rooms.Room(namespace: 0, name: "lobby")
    private let other = Rooms.Room(namespace: 1, name: "lobby")

    @Test func membersJoinAndLeave() {
        var rooms = Rooms()
        #expect(rooms.join(1, self.lobby) == 1)
        #expect(rooms.join(1, self.lobby) == 1)
        #expect(rooms.join(2, self.lobby) == 2)
        #expect(rooms.members(of: self.lobby) == [1, 2])
        #expect(rooms.members(of: self.other) == [])
        #expect(rooms.leave(1, self.lobby) == true)
        #expect(rooms.leave(1, self.lobby) == false)
        #expect(rooms.leave(2, self.other) == false)
        #expect(rooms.members(of: self.lobby) == [2])
    }

    @Test func nothingIsLeftOfMembersAndRooms() {
        var rooms = Rooms()
        for member in 1...3 {
            for number in 1...10 {
                _ = rooms.join(member, Rooms.Room(namespace: 0, name: "\(number)"))
                _ = rooms.join(member, Rooms.Room(namespace: 1, name: "\(number)"))
            }
        }
        #expect(rooms.count == 20)
        for member in 1...3 { rooms.leaveAll(member, namespace: 1) }
        #expect(rooms.count == 10)
        for member in 1...3 { rooms.leaveAll(member) }
        #expect(rooms.count == 0)
    }

    @Test func theRoomsOfAMemberAreLimited() {
        var rooms = Rooms()
        for number in 1...Rooms.mostOfMember {
            #expect(rooms.join(1, Rooms.Room(namespace: 0, name: "\(number)")) == 1)
        }
        #expect(rooms.join(1, self.lobby) == nil)
        // Rooms in which it is do not count again, and those of others do not count.
        #expect(rooms.join(1, Rooms.Room(namespace: 0, name: "1")) == 1)
        #expect(rooms.join(2, self.lobby) == 1)
        #expect(rooms.leave(1, Rooms.Room(namespace: 0, name: "1")) == true)
        #expect(rooms.join(1, self.lobby) == 2)
    }
}

/// The rooms of a server and their members, which are numbers of sessions. A room exists while it has members.
struct Rooms {
    struct Room: Hashable {
        /// The index of the namespace.
        var namespace: Int
        var name: String
    }

    /// The most rooms of one member.
    static let mostOfMember = 1000
    /// The longest name, in bytes.
    static let longestName = 200

    private var members: [Room: Set<Int>] = [:]
    private var roomsOfMember: [Int: Set<Room>] = [:]

    /// The number of rooms.
    var count: Int { self.members.count }

    func members(of room: Room) -> Set<Int> { self.members[room] ?? [] }

    /// - Returns: the number of members, with this one; nil if it is in too many rooms.
    mutating func join(_ member: Int, _ room: Room) -> Int? {
        if !self.members(of: room).contains(member) {
            guard self.roomsOfMember[member, default: []].count < Self.mostOfMember else { return nil }
            self.roomsOfMember[member, default: []].insert(room)
            self.members[room, default: []].insert(member)
        }
        return self.members(of: room).count
    }

    /// - Returns: whether it was a member.
    mutating func leave(_ member: Int, _ room: Room) -> Bool {
        guard self.members[room]?.remove(member) != nil else { return false }
        if self.members[room]?.isEmpty == true { self.members[room] = nil }
        self.roomsOfMember[member]?.remove(room)
        if self.roomsOfMember[member]?.isEmpty == true { self.roomsOfMember[member] = nil }
        return true
    }

    /// Leaves all rooms of one namespace, or of all of them.
    mutating func leaveAll(_ member: Int, namespace: Int? = nil) {
        for room in self.roomsOfMember[member] ?? [] where namespace == nil || room.namespace == namespace {
            _ = self.leave(member, room)
        }
    }
}

import Testing

@testable import LoadEngine

struct NameTableTests {
    private func add(_ name: String, _ number: UInt32, to table: inout NameTable) {
        Array(name.utf8).withUnsafeBytes { table.add(NameTable.bounded($0), number: number) }
    }

    private func number(of name: String, in table: NameTable) -> UInt32? {
        Array(name.utf8).withUnsafeBytes { table.number(of: NameTable.bounded($0)) }
    }

    @Test func namesDifferByTheirBytes() {
        var table = NameTable()
        #expect(self.number(of: "", in: table) == nil)
        for (number, name) in ["", "a", "b", "ab", "ba", "e\u{301}", "\u{e9}", "\0", "\0\0"].enumerated() {
            #expect(self.number(of: name, in: table) == nil)
            self.add(name, UInt32(number), to: &table)
        }
        #expect(self.number(of: "", in: table) == 0)
        #expect(self.number(of: "ba", in: table) == 4)
        #expect(self.number(of: "e\u{301}", in: table) == 5)
        #expect(self.number(of: "\u{e9}", in: table) == 6)
        #expect(self.number(of: "\0\0", in: table) == 8)
    }

    @Test func namesAreBounded() {
        var table = NameTable()
        for number in 0..<(NameTable.capacity + 100) { self.add("event \(number)", UInt32(number), to: &table) }
        for number in 0..<NameTable.capacity {
            #expect(self.number(of: "event \(number)", in: table) == UInt32(number))
        }
        #expect(self.number(of: "event \(NameTable.capacity)", in: table) == nil)
    }

    @Test func onlyTheBeginningOfALongNameCounts() {
        var table = NameTable()
        let start = String(repeating: "x", count: NameTable.longestName)
        self.add(start + "1", 7, to: &table)
        #expect(self.number(of: start + "2", in: table) == 7)
        #expect(self.number(of: String(start.dropLast()), in: table) == nil)
    }
}

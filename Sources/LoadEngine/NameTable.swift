import Glibc

/// Numbers for names by their bytes: a known name is found without a String.
///
/// The names are a server's or a script's own. Only so many are kept, and only the beginning of a long one, so that
/// names with data in them cost neither memory nor, if they share a hash, much time.
struct NameTable {
    /// The names that are kept, at most.
    static let capacity = 2000
    /// The bytes of a name that count.
    static let longestName = 1000
    /// A power of two, and more than the names.
    private static let slotCount = 4096

    private struct Entry {
        let hash: UInt64
        let name: [UInt8]
        let number: UInt32
    }

    private var entries: [Entry] = []
    /// The index of an entry, from 1; 0 is free.
    private var slots: [UInt16] = []

    /// The part of a name that counts.
    static func bounded(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: name.prefix(Self.longestName))
    }

    /// The number of a name; nil if it was not added.
    func number(of name: UnsafeRawBufferPointer) -> UInt32? {
        guard !self.slots.isEmpty else { return nil }
        let hash = Self.hash(name)
        var slot = Self.slot(of: hash)
        while self.slots[slot] != 0 {
            let entry = self.entries[Int(self.slots[slot]) - 1]
            if entry.hash == hash, Self.isEqual(entry.name, name) { return entry.number }
            slot = Self.slot(after: slot)
        }
        return nil
    }

    /// Keeps a new name, if there is room.
    mutating func add(_ name: UnsafeRawBufferPointer, number: UInt32) {
        guard self.entries.count < Self.capacity else { return }
        if self.slots.isEmpty { self.slots = Array(repeating: 0, count: Self.slotCount) }
        let hash = Self.hash(name)
        var slot = Self.slot(of: hash)
        while self.slots[slot] != 0 { slot = Self.slot(after: slot) }
        self.entries.append(Entry(hash: hash, name: Array(name), number: number))
        self.slots[slot] = UInt16(self.entries.count)
    }

    private static func slot(of hash: UInt64) -> Int { Int(hash >> 32) & (Self.slotCount - 1) }

    private static func slot(after slot: Int) -> Int { (slot + 1) & (Self.slotCount - 1) }

    /// FNV-1a.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    private static func isEqual(_ known: [UInt8], _ name: UnsafeRawBufferPointer) -> Bool {
        guard known.count == name.count else { return false }
        guard let other = name.baseAddress else { return true }
        return known.withUnsafeBytes { memcmp($0.baseAddress!, other, name.count) == 0 }
    }
}

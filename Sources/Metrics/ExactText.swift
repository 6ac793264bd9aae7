import Glibc

/// A text that equals another where their bytes do: two strings of Swift are equal where they look alike, as a composed
/// and a decomposed "é", and names that a script tells apart would become one.
package struct ExactText: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: Self, right: Self) -> Bool { left.text.isExactly(right.text) }

    package static func < (left: Self, right: Self) -> Bool { left.text.compareBytes(with: right.text) < 0 }

    package func hash(into hasher: inout Hasher) { self.text.hashBytes(into: &hasher) }
}

extension String {
    /// Whether the other text has the same bytes.
    package func isExactly(_ other: String) -> Bool {
        self.utf8.count == other.utf8.count && self.compareBytes(with: other) == 0
    }

    /// Negative where this text stands before the other one in the order of the bytes, 0 where they are the same.
    package func compareBytes(with other: String) -> Int {
        let order = self.utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { others in
                let length = Swift.min(own.count, others.count)
                let order = length == 0 ? 0 : Int(memcmp(own.baseAddress!, others.baseAddress!, length))
                return order == 0 ? own.count - others.count : order
            }
        }
        if case let order?? = order { return order }
        return self.utf8.elementsEqual(other.utf8) ? 0 : self.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
    }

    package func hashBytes(into hasher: inout Hasher) {
        let isHashed: Void? = self.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { for byte in self.utf8 { hasher.combine(byte) } }
        // No text has this byte: where one text ends and the next begins is part of what is hashed.
        hasher.combine(0xFF as UInt8)
    }
}

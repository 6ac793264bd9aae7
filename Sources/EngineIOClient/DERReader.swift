/// Steps through DER elements of one level. It ends for all bytes, and gives nothing that is not in them.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.rest = bytes
    }

    /// The tag of the next element; nil at the end.
    var tag: UInt8? { self.rest.first }

    /// The contents of the next element; nil at the end, and where it is longer than what is there.
    mutating func element() -> ArraySlice<UInt8>? {
        guard self.rest.popFirst() != nil, let first = self.rest.popFirst() else { return nil }
        var length = Int(first)
        if first & 0x80 != 0 {
            length = 0
            guard first & 0x7F <= 4 else { return nil }
            for _ in 0..<(first & 0x7F) {
                guard let byte = self.rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= self.rest.count else { return nil }
        let contents = self.rest.prefix(length)
        self.rest = self.rest.dropFirst(length)
        return contents
    }

    /// The contents of the next element where it has this tag; otherwise nothing is taken.
    mutating func element(_ tag: UInt8) -> ArraySlice<UInt8>? {
        self.tag == tag ? self.element() : nil
    }
}

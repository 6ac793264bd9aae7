/// The data of an open packet as a trace shows it: without the sid, because it is the key to the session.
///
/// Traces are read to find malformed packets, so the mask relies on no format: only short numbers and the words that
/// every open packet has are shown.
struct OpenPacketMask {
    private static let mask = Array(SecretMask.mask.utf8)
    private static let sid = Array("sid".utf8)
    private static let openWords: Set<[UInt8]> = Set(
        [
            "sid", "upgrades", "websocket", "polling", "webtransport", "pingInterval", "pingTimeout", "maxPayload",
            "true",
            "false", "null",
        ].map { Array($0.utf8) })
    /// Digits of a number that is shown.
    private static let longestNumber = 9

    private var shown: [UInt8] = []
    private var rest: ArraySlice<UInt8>

    static func mask(_ data: UnsafeRawBufferPointer) -> [UInt8] {
        var mask = Self(rest: Array(data)[...])
        mask.run()
        return mask.shown
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func run() {
        // Between the key and its value.
        var isSid = false
        var isValue = false
        while let byte = self.rest.first {
            switch byte {
            case UInt8(ascii: "\"") where isValue, UInt8(ascii: "'") where isValue:
                self.maskString(byte)
                (isSid, isValue) = (false, false)
            case UInt8(ascii: ":"):
                isValue = isSid
                self.shown.append(self.rest.removeFirst())
            case UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"):
                (isSid, isValue) = (false, false)
                self.shown.append(self.rest.removeFirst())
            case _ where Self.separates(byte):
                self.shown.append(self.rest.removeFirst())
            default:
                let word = Array(self.rest.prefix { !Self.separates($0) })
                self.rest = self.rest.dropFirst(word.count)
                self.shown += !isValue && Self.isOpen(word) ? word : Self.mask
                isSid = word == Self.sid
                isValue = false
            }
        }
    }

    private mutating func maskString(_ quote: UInt8) {
        self.shown.append(self.rest.removeFirst())
        self.shown += Self.mask
        while let byte = self.rest.first, byte != quote {
            self.rest = self.rest.dropFirst(byte == UInt8(ascii: "\\") ? 2 : 1)
        }
        if let end = self.rest.popFirst() { self.shown.append(end) }
    }

    private static func separates(_ byte: UInt8) -> Bool { byte <= 0x20 || "{}[]:,\"'".utf8.contains(byte) }

    private static func isOpen(_ word: [UInt8]) -> Bool {
        if self.openWords.contains(word) { return true }
        return word.count <= self.longestNumber && word.allSatisfy { (0x30...0x39).contains($0) }
    }
}

import JSONText

/// RFC 4291, section 2.2.
enum IPv6Syntax {
    static func isAddress(_ text: Substring) -> Bool {
        guard let gap = text.utf8.firstOccurrence(of: "::".utf8) else {
            return self.groups(text, mayEndInIPv4: true) == 8
        }
        guard let before = self.groups(text[..<gap.lowerBound], mayEndInIPv4: false),
            let behind = self.groups(text[gap.upperBound...], mayEndInIPv4: true)
        else { return false }
        return before + behind <= 7
    }

    /// The number of groups of 16 bits, or nil if one is not valid.
    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        if text.isEmpty { return 0 }
        var parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        if mayEndInIPv4, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard self.isIPv4(last) else { return nil }
            parts.removeLast()
            count = 2
        }
        let areHexadecimal = parts.allSatisfy { part in
            (1...4).contains(part.count) && part.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
        return areHexadecimal ? count + parts.count : nil
    }

    private static func isIPv4(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.allSatisfy { (0x30...0x39).contains($0) } && UInt8(Substring(part)) != nil
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
    }
}

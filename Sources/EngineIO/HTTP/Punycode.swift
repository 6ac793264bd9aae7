/// The ASCII form of names with other letters (RFC 3492, RFC 5891), for those where it is beyond doubt.
enum Punycode {
    /// The xn-- form of a host; nil where which one is meant takes the tables of Unicode: for combining marks, letters
    /// that stand for others, and most scripts.
    static func host(_ host: Substring) -> String? {
        var labels: [String] = []
        for label in host.lowercased().split(separator: ".", omittingEmptySubsequences: false) {
            let scalars = Array(label.unicodeScalars)
            if scalars.allSatisfy(self.isPlain) {
                labels.append(String(label))
            } else {
                guard scalars.allSatisfy({ self.isPlain($0) || self.isCertain($0.value) }) else { return nil }
                labels.append("xn--" + self.encode(scalars.map(\.value)))
            }
        }
        guard labels.allSatisfy({ (1...63).contains($0.utf8.count) }) else { return nil }
        return labels.joined(separator: ".")
    }

    private static func isPlain(_ scalar: UnicodeScalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "-": true
        default: false
        }
    }

    /// Small letters, composed where they can be, that no rule maps to others.
    private static func isCertain(_ value: UInt32) -> Bool {
        switch value {
        case 0xF7: false
        // Latin
        case 0xE0...0xFF: true
        case 0x101...0x131 where value % 2 == 1, 0x135, 0x137,
            0x14B...0x177 where value % 2 == 1:
            true
        case 0x13A...0x148 where value % 2 == 0 && value != 0x140, 0x17A...0x17E where value % 2 == 0: true
        // Greek without the final sigma, Cyrillic
        case 0x3AC...0x3CE where value != 0x3C2 && value != 0x3B0, 0x430...0x44F: true
        // Kana, Han, Hangul
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FFF, 0xAC00...0xD7A3: true
        default: false
        }
    }

    /// RFC 3492, section 6.3.
    private static func encode(_ scalars: [UInt32]) -> String {
        let basic = scalars.filter { $0 < 0x80 }
        var out = basic.map { UInt8(truncatingIfNeeded: $0) }
        if !basic.isEmpty { out.append(UInt8(ascii: "-")) }
        var next: UInt32 = 0x80
        var delta: UInt32 = 0
        var bias: UInt32 = 72
        var handled = UInt32(basic.count)
        while handled < scalars.count, let smallest = scalars.lazy.filter({ $0 >= next }).min() {
            delta += (smallest - next) * (handled + 1)
            next = smallest
            for scalar in scalars {
                if scalar < next { delta += 1 }
                guard scalar == next else { continue }
                self.append(delta, bias, to: &out)
                bias = self.adapt(delta, handled + 1, isFirst: handled == UInt32(basic.count))
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(_ delta: UInt32, _ bias: UInt32, to out: inout [UInt8]) {
        let digit = { (value: UInt32) in UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26) }
        var rest = delta
        var position: UInt32 = 36
        while true {
            let threshold = position <= bias ? 1 : min(position - bias, 26)
            if rest < threshold { return out.append(digit(rest)) }
            out.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            position += 36
        }
    }

    private static func adapt(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var bias: UInt32 = 0
        while delta > 455 {
            delta /= 35
            bias += 36
        }
        return bias + 36 * delta / (delta + 38)
    }
}

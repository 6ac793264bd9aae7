/// Walks over a short text and knows where it is.
package struct TextScanner {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var index = 0

    package init(_ text: String) {
        self.text = text
        self.scalars = Array(text.unicodeScalars)
    }

    package var isAtEnd: Bool { self.index == self.scalars.count }

    package mutating func skipSpaces() { _ = self.take { $0 == " " } }

    package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard !self.isAtEnd, self.scalars[self.index] == scalar else { return false }
        self.index += 1
        return true
    }

    package mutating func take(while accepts: (Unicode.Scalar) -> Bool) -> String {
        var taken = String.UnicodeScalarView()
        while !self.isAtEnd, accepts(self.scalars[self.index]) {
            taken.append(self.scalars[self.index])
            self.index += 1
        }
        return String(taken)
    }

    package func error(_ message: String) -> ThresholdSyntaxError {
        ThresholdSyntaxError(text: self.text, position: self.index + 1, message: message)
    }
}

extension Unicode.Scalar {
    /// `0`-`9`.
    package var isDigit: Bool { self >= "0" && self <= "9" }
    /// `A`-`Z`, `a`-`z`, `0`-`9` or `_`.
    package var isWordCharacter: Bool { self.isASCII && self.properties.isAlphabetic || self.isDigit || self == "_" }
}

extension String {
    /// Without spaces at either end.
    package var trimmed: String {
        // A space with a combining mark behind it is one character, and no space.
        let isText = { (scalar: Unicode.Scalar) in scalar != " " }
        guard let first = self.unicodeScalars.firstIndex(where: isText),
            let last = self.unicodeScalars.lastIndex(where: isText)
        else { return "" }
        return String(self.unicodeScalars[first...last])
    }
}

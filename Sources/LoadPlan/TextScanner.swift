/// A mistake in a threshold's text, with its place.
public struct ThresholdSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The whole text.
    public let text: String
    /// The character at which it goes wrong, from 1.
    public let position: Int
    public let message: String

    public var description: String { "\(self.message) at character \(self.position)" }
}

/// Walks over a short text and knows where it is.
struct TextScanner {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        self.text = text
        self.scalars = Array(text.unicodeScalars)
    }

    var isAtEnd: Bool { self.index == self.scalars.count }

    mutating func skipSpaces() { _ = self.take { $0 == " " } }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard !self.isAtEnd, self.scalars[self.index] == scalar else { return false }
        self.index += 1
        return true
    }

    mutating func take(while accepts: (Unicode.Scalar) -> Bool) -> String {
        var taken = String.UnicodeScalarView()
        while !self.isAtEnd, accepts(self.scalars[self.index]) {
            taken.append(self.scalars[self.index])
            self.index += 1
        }
        return String(taken)
    }

    func error(_ message: String) -> ThresholdSyntaxError {
        ThresholdSyntaxError(text: self.text, position: self.index + 1, message: message)
    }
}

/// A mistake in the text of a threshold or of its metric, with the place.
package struct ThresholdSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The whole text.
    package let text: String
    /// The character at which it goes wrong, from 1.
    package let position: Int
    package let message: String

    package var description: String { "\(self.message) at character \(self.position)" }
}

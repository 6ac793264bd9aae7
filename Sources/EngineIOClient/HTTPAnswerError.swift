/// The reason why an answer cannot be read. It names the line or the header, with at most 60 of its characters.
struct HTTPAnswerError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

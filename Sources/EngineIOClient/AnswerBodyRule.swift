/// The way in which an answer's body is read.
enum AnswerBodyRule: Equatable {
    /// All of it is read; more than `limit` bytes are an error.
    case whole(limit: Int)
    /// Like ``whole(limit:)``, and it begins with the packet that opens a session, which is short.
    case opening(limit: Int)
    /// All of it is read; more than ``AnswerBody/smallLimit`` bytes are an error.
    case short
    /// Only its start is read, and the rest is not awaited. Failing to unpack it is not an error.
    case start
    /// It is skipped.
    case unread
}

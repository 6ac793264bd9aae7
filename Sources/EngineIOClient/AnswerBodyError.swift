/// A body that is too long.
enum AnswerBodyError: Error {
    case overLimit
    case notShort
    case longOpening
}

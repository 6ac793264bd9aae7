/// The server-sent events for one reader: its version of the page, and at most one event that is not written yet.
///
/// A reader that is slow misses versions, and later gets all changes since its own.
struct EventStream {
    /// The first part of the stream: a browser that lost the connection comes back after a second.
    static let beginning = "retry: 1000\n\n"

    private(set) var version: Int
    private var isWriting = false

    init(since version: Int) { self.version = version }

    /// The event to write now.
    ///
    /// - Parameter changes: what has changed since a version, as one line; nil for nothing.
    mutating func next(_ changes: (Int) -> (version: Int, text: String)?) -> String? {
        guard !self.isWriting, let (version, text) = changes(self.version) else { return nil }
        self.version = version
        self.isWriting = true
        return "id: \(version)\ndata: \(text)\n\n"
    }

    /// A comment to write now, which shows whether the reader is still there.
    mutating func comment() -> String? {
        if self.isWriting { return nil }
        self.isWriting = true
        return ":\n\n"
    }

    /// The system has taken the last text.
    mutating func written() { self.isWriting = false }
}

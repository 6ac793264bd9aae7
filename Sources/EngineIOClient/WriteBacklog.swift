/// Counts which messages the system has taken, so that the end of a session can say how many it has not.
struct WriteBacklog {
    /// Messages that were accepted so far.
    var framed = 0
    private var written = 0

    /// - Parameter mark: what ``framed`` was when the bytes that are now with the system were handed on.
    mutating func written(upTo mark: Int) { self.written = max(self.written, mark) }

    var unwritten: Int { self.framed - self.written }
}

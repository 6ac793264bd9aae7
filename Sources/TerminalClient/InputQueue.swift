import ProcessSupport

/// The messages that are not sent yet: lines that were read, or messages of the command line.
struct InputQueue {
    /// The longest line of the input, in bytes.
    static let longestLine = 16 << 20

    private enum Entry {
        case message(OutgoingMessage)
        case line(LineSplitter.Line, number: Int)
    }

    private let format: InputFormat
    private var splitter = LineSplitter(limit: Self.longestLine)
    private var entries: [Entry]
    /// The index of the next one: entries are removed all together.
    private var next = 0
    private var lines = 0
    private(set) var isAtEnd: Bool

    /// - Parameter messages: if there are some, nothing is read.
    init(_ format: InputFormat, messages: [OutgoingMessage]) {
        self.format = format
        self.entries = messages.map { .message($0) }
        self.isAtEnd = !messages.isEmpty
    }

    var isEmpty: Bool { self.next == self.entries.count }

    mutating func add(_ message: OutgoingMessage) { self.entries.append(.message(message)) }

    /// - Parameter chunk: empty at the end of the input.
    mutating func add(_ chunk: [UInt8]) {
        if chunk.isEmpty { return self.end() }
        for line in self.splitter.add(chunk) { self.add(line) }
    }

    /// The input is over, even if more could be read.
    mutating func end() {
        if let line = self.splitter.finish() { self.add(line) }
        self.isAtEnd = true
    }

    private mutating func add(_ line: LineSplitter.Line) {
        self.lines += 1
        self.entries.append(.line(line, number: self.lines))
    }

    /// The next message; it stays the next one until ``removeFirst()``. Nil for a line without a message.
    func first() throws(UsageError) -> OutgoingMessage? {
        switch self.entries[self.next] {
        case .message(let message): return message
        case .line(.tooLong, _): throw self.problem("it is longer than \(Self.longestLine >> 20) MiB")
        case .line(.line(let bytes), _):
            do {
                return try self.format.message(ofLine: bytes)
            } catch {
                throw self.problem(error.description)
            }
        }
    }

    mutating func removeFirst() {
        self.next += 1
        guard self.next == self.entries.count else { return }
        self.entries.removeAll(keepingCapacity: true)
        self.next = 0
    }

    /// A problem of the next message, with its place.
    func problem(_ text: String) -> UsageError {
        guard case .line(_, let number) = self.entries[self.next] else { return UsageError(text) }
        return UsageError("line \(number) of the input is not sent: \(text)")
    }
}

/// Lines out of the chunks of an input, without their line feeds. A line that is too long is dropped to its end.
struct LineSplitter {
    enum Line: Equatable {
        case line([UInt8])
        case tooLong
    }

    /// The longest line, in bytes.
    let limit: Int
    private var rest: [UInt8] = []
    private var isDropping = false

    init(limit: Int) {
        self.limit = limit
    }

    /// The lines that end in this chunk.
    mutating func add(_ chunk: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while let end = chunk[start...].firstIndex(of: 0x0A) {
            self.append(chunk[start..<end])
            lines.append(self.take())
            start = end + 1
        }
        self.append(chunk[start...])
        return lines
    }

    /// The last line, if the input does not end with a line feed.
    mutating func finish() -> Line? {
        self.rest.isEmpty && !self.isDropping ? nil : self.take()
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if self.isDropping { return }
        guard self.rest.count + bytes.count <= self.limit else {
            self.isDropping = true
            self.rest = []
            return
        }
        self.rest += bytes
    }

    private mutating func take() -> Line {
        defer {
            self.rest = []
            self.isDropping = false
        }
        return self.isDropping ? .tooLong : .line(self.rest)
    }
}

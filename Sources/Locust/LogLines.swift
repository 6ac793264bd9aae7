/// The last lines of this worker's log, for the master's page.
package struct LogLines: Sendable {
    private var lines: [String] = []
    private var isChanged = false

    /// The master keeps all that it is sent.
    private static let most = 200

    package init() {}

    package mutating func add(_ line: String) {
        self.lines.append(boundedText(line, bytes: 1000))
        self.isChanged = true
        // Cut in steps, not at each line.
        if self.lines.count > 2 * Self.most { self.lines.removeFirst(self.lines.count - Self.most) }
    }

    /// All lines; nil where none is new.
    package mutating func takeAll() -> [String]? {
        guard self.isChanged else { return nil }
        self.isChanged = false
        return self.lines.suffix(Self.most)
    }
}

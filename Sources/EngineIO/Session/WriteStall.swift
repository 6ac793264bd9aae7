/// Decides about a session that has stopped reading because too much is unwritten; checked ten times a second.
///
/// Two sides that each wait for the other to read would wait without end. So if the system accepts nothing, some of the
/// server's data is read nevertheless, until that has added as much to what is unwritten as may be unwritten at all.
/// And a server that reads nothing for as long as it may leave out its pings is dead, whatever it sends.
public struct WriteStall: Sendable {
    /// Between two looks.
    public static let milliseconds: Int64 = 100

    public enum Verdict: Equatable, Sendable {
        case wait
        /// Read what one turn may.
        case readSome
        case dead
    }

    private let limit: Int
    private let patience: Int
    private var handed: Int
    private var unwritten: Int
    private var added = 0
    /// Looks in a row at which nothing had been taken. Looks are counted, and not the time: while the program was
    /// suspended the server could not have been seen to read.
    private var looks = 0

    /// - Parameters:
    ///   - handed: bytes that were handed over to be written so far.
    ///   - unwritten: those of them that the system has not taken.
    ///   - limit: how much what is read meanwhile may add to that.
    ///   - patience: milliseconds after which a server that takes nothing is dead.
    public init(handed: Int, unwritten: Int, limit: Int, patience: Int64) {
        self.handed = handed
        self.unwritten = unwritten
        self.limit = limit
        self.patience = Int(max(patience / Self.milliseconds, 1))
    }

    public mutating func look(handed: Int, unwritten: Int) -> Verdict {
        let isTaken = unwritten - self.unwritten < handed - self.handed
        self.handed = handed
        self.unwritten = unwritten
        if isTaken {
            self.looks = 0
            return .wait
        }
        self.looks += 1
        if self.looks >= self.patience { return .dead }
        return self.added <= self.limit ? .readSome : .wait
    }

    /// The data that was read after ``Verdict/readSome`` has added so many unwritten bytes.
    public mutating func readSome(added: Int) { self.added += max(0, added) }
}

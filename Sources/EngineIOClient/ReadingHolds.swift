/// Why frames that came are not read yet.
struct ReadingHolds: OptionSet {
    let rawValue: UInt8

    /// This turn of the loop has read enough of them.
    static let turn = ReadingHolds(rawValue: 1)
    /// The script is behind.
    static let script = ReadingHolds(rawValue: 2)
    /// What was read has made far too much to write.
    static let unwritten = ReadingHolds(rawValue: 4)
    /// The messages of a polling body come before them.
    static let source = ReadingHolds(rawValue: 8)
}

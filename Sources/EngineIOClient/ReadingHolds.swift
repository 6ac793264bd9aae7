/// The reasons why frames that have arrived are not read yet.
struct ReadingHolds: OptionSet {
    let rawValue: UInt8

    /// This turn of the loop has read enough of them.
    static let turn = ReadingHolds(rawValue: 1)
    /// The script is behind.
    static let script = ReadingHolds(rawValue: 2)
    /// Far too much is unwritten because of frames that were read.
    static let unwritten = ReadingHolds(rawValue: 4)
    /// Messages that came by the transport before the upgrade are not read yet.
    static let source = ReadingHolds(rawValue: 8)
}

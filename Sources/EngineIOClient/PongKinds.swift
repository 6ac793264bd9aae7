/// A set of the two kinds of pongs.
struct PongKinds: OptionSet {
    let rawValue: UInt8

    static let frame = PongKinds(rawValue: 1)
    static let packet = PongKinds(rawValue: 2)
}

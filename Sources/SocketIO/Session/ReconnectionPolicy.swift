/// When a lost connection is made again: python-socketio's options and defaults, with the jitter that its documents
/// describe.
public struct ReconnectionPolicy: Sendable, Equatable {
    /// Whether a lost connection is made again at all.
    public var isEnabled = true
    /// The most attempts after each loss; 0 sets no limit.
    public var attempts = 0
    /// Seconds before the first attempt. Each further pause is twice as long.
    public var delay = 1.0
    /// The longest pause in seconds.
    public var delayMaximum = 5.0
    /// The part of each pause by which it is longer or shorter at random: with 0.5 by up to a half.
    public var randomizationFactor = 0.5
    /// The number of attempts since the last success.
    private var made = 0

    public init() {}

    /// The pause before the next attempt in seconds, or nil if no attempt is left.
    ///
    /// - Parameter random: from 0 to 1; it decides where in its range the pause lies.
    package mutating func next(random: Double) -> Double? {
        guard self.attempts == 0 || self.made < self.attempts else { return nil }
        let exponent = min(self.made, 1000)
        self.made += 1
        let pause = min(Double(sign: .plus, exponent: exponent, significand: self.delay), self.delayMaximum)
        let jitter = self.randomizationFactor * (2 * random - 1)
        return max(0, min(pause * (1 + jitter), self.delayMaximum))
    }

    /// An attempt has succeeded, or the program connects.
    package mutating func reset() { self.made = 0 }
}

/// When the iterations of an arrival-rate executor start: each time from its number alone, so that nothing drifts and
/// all segments agree.
///
/// A constant rate starts iteration n (from 0) at n time units / rate, as k6 does. A ramping one starts it when the
/// area under the rate reaches n + 1 (k6, "Ramping arrival rate"); the stages' ends are exact, the times to a
/// nanosecond.
struct ArrivalSchedule: Equatable, Sendable {
    private let timeUnit: Int64
    private let pieces: [Piece]
    /// Constant rates begin at once, ramping ones when the first iteration is full.
    private let lead: Int
    private var current = 0

    /// A stage, in nanoseconds since the executor's start.
    private struct Piece: Equatable {
        let start: Int64
        let duration: Int64
        let from: Int
        let to: Int
        /// Twice the area before the stage, in iterations times the time unit's nanoseconds.
        let doubleAreaBefore: Int128

        var doubleArea: Int128 { Int128(self.duration) * Int128(self.from + self.to) }

        /// Whether the products of an exact comparison fit into 128 bits; all but stages of many days with millions of
        /// iterations a second do.
        var isExact: Bool { Double(max(self.from, self.to)) * Double(self.duration) * Double(self.duration) < 1e37 }
    }

    init(rate: Int, timeUnit: Duration, duration: Duration) {
        self.init(startRate: rate, timeUnit: timeUnit, stages: [Stage(duration: duration, target: rate)], lead: 0)
    }

    init(startRate: Int, timeUnit: Duration, stages: [Stage]) {
        self.init(startRate: startRate, timeUnit: timeUnit, stages: stages, lead: 1)
    }

    private init(startRate: Int, timeUnit: Duration, stages: [Stage], lead: Int) {
        var pieces: [Piece] = []
        var start: Int64 = 0
        var from = startRate
        var area: Int128 = 0
        for stage in stages {
            let duration = stage.duration.wholeNanoseconds
            let piece = Piece(start: start, duration: duration, from: from, to: stage.target, doubleAreaBefore: area)
            if duration > 0, from + stage.target > 0 { pieces.append(piece) }
            area += piece.doubleArea
            start += duration
            from = stage.target
        }
        self.pieces = pieces
        self.timeUnit = timeUnit.wholeNanoseconds
        self.lead = lead
    }

    /// The time of iteration `number` (from 0) in nanoseconds since the executor's start, or nil where the stages have
    /// fewer. To be asked with numbers that grow.
    mutating func time(of number: Int) -> Int64? {
        let doubleArea = Int128(number + self.lead) * Int128(self.timeUnit) * 2
        while self.current < self.pieces.count {
            let piece = self.pieces[self.current]
            let within = doubleArea - piece.doubleAreaBefore
            // The last moment belongs to the stage, but not with a constant rate, which began with the first.
            if within < piece.doubleArea || within == piece.doubleArea && self.lead == 1 {
                return piece.start + Self.time(in: piece, within)
            }
            self.current += 1
        }
        return nil
    }

    /// The first nanosecond of the stage at which twice the area is at least `area`.
    private static func time(in piece: Piece, _ area: Int128) -> Int64 {
        if piece.from == piece.to {
            let rate = Int128(piece.from) * 2
            return Int64((area + rate - 1) / rate)
        }
        let from = Double(piece.from)
        let slope = Double(piece.to - piece.from) / Double(piece.duration)
        // The root of from*t + slope/2*t², in the form that has no difference of nearly equal numbers.
        let root = max(0, from * from + slope * Self.double(area)).squareRoot()
        let estimate = Self.double(area) / (from + root)
        let time = estimate.isFinite ? min(max(Int64(estimate.rounded(.up)), 0), piece.duration) : 0
        guard piece.isExact, !Self.isFirst(time, area, in: piece) else { return time }
        // `Double` is a few nanoseconds off in stages of many hours, and more at the flat end of a ramp to 0.
        var low: Int64 = 0
        var high = piece.duration
        while low < high {
            let middle = low + (high - low) / 2
            if Self.reaches(area, in: piece, at: middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// `Double(area)`, which takes microseconds for 128 bits.
    private static func double(_ area: Int128) -> Double {
        Double(Int64(truncatingIfNeeded: area >> 64)) * 0x1p64 + Double(UInt64(truncatingIfNeeded: area))
    }

    private static func isFirst(_ time: Int64, _ area: Int128, in piece: Piece) -> Bool {
        Self.reaches(area, in: piece, at: time) && (time == 0 || !Self.reaches(area, in: piece, at: time - 1))
    }

    private static func reaches(_ area: Int128, in piece: Piece, at time: Int64) -> Bool {
        let time = Int128(time)
        let duration = Int128(piece.duration)
        return 2 * Int128(piece.from) * time * duration + Int128(piece.to - piece.from) * time * time
            >= area * duration
    }
}

import Glibc
import JSONText

/// The values of a page's plots, for its script: one object, from which the script draws every plot.
///
/// A value takes two bytes, or one where a run has very many, in steps that are even on the axis of its plot; of more
/// than that, neighbours are drawn together. So a page has a limit, and every second of a run of three hours with 50
/// names is in it.
struct PlotData {
    private let axis: TimeAxis
    private let plots: [TimePlot]
    private let heatMaps: [HeatPlot]
    private let bytes: Int
    let times: [Double]
    /// The users, then the lines of all plots.
    private let lines: [[Double?]]

    /// Of the values in base64.
    private static let maximumBytes = 2_400_000

    /// Every point of the run, or as many as a page may have.
    init(axis: TimeAxis, plots: [TimePlot], heatMaps: [HeatPlot]) {
        let values = axis.times.count * (plots.reduce(1) { $0 + $1.lines.count })
        let bytes = values * 8 / 3 <= Self.maximumBytes ? 2 : 1
        let merged = Swift.max((values * bytes * 4 / 3 + Self.maximumBytes - 1) / Self.maximumBytes, 1)
        self.init(axis, plots, heatMaps, bytes: bytes, PointSampling(group: merged, kept: .greatest))
    }

    /// The points that a page has while the run goes on.
    init(liveAxis axis: TimeAxis, plots: [TimePlot], heatMaps: [HeatPlot]) {
        self.init(axis, plots, heatMaps, bytes: 2, .live(of: axis.times.count))
    }

    private init(
        _ axis: TimeAxis, _ plots: [TimePlot], _ heatMaps: [HeatPlot], bytes: Int, _ sampling: PointSampling
    ) {
        (self.axis, self.plots, self.heatMaps, self.bytes) = (axis, plots, heatMaps, bytes)
        self.times = sampling.times(axis.times)
        self.lines = ([axis.users] + plots.flatMap { $0.lines.map(\.values) }).map(sampling.values)
    }

    /// The element; a `<` of a text is written so that none ends it.
    var html: String { "<script type=\"application/json\" id=\"data\">\(self.json().text())</script>\n" }

    /// How many points at the beginning are those of another state of the run, in the same plots.
    func pointsInCommon(with other: PlotData) -> Int {
        guard self.bytes == other.bytes, self.plots.map(\.identity) == other.plots.map(\.identity) else { return 0 }
        let common = Self.common(self.times, other.times, Swift.min(self.times.count, other.times.count))
        return zip(self.lines, other.lines).reduce(common) { common, pair in Self.common(pair.0, pair.1, common) }
    }

    private static func common<Value: Equatable>(_ one: [Value], _ other: [Value], _ count: Int) -> Int {
        (0..<count).first { one[$0] != other[$0] } ?? count
    }

    /// - Parameter first: the points before it are left out, because the page has them.
    func json(from first: Int = 0) -> JSON {
        var lines = self.lines.map { self.line($0[first...]) }[...]
        let users = lines.removeFirst()
        let plots = self.plots.map { plot -> JSON in
            defer { lines = lines.dropFirst(plot.lines.count) }
            return .object([
                "unit": .string(plot.unit.rawValue), "lower": .number(plot.scale.lower),
                "upper": .number(plot.scale.upper), "logarithmic": .bool(plot.scale.isLogarithmic),
                "lines": .array(Array(lines.prefix(plot.lines.count))),
            ])
        }
        let times = self.times[first...].map { JSON.number(($0 * 1_000).rounded() / 1_000) }
        let from = first > 0 ? [JSON.Member(key: "from", value: .integer(first))] : []
        return .object(
            from + [
                JSON.Member(key: "bytes", value: .integer(self.bytes)),
                JSON.Member(key: "end", value: .number(self.axis.end)),
                JSON.Member(key: "times", value: .array(times)),
                JSON.Member(key: "stages", value: .array(self.axis.stages.map(JSON.number))),
                JSON.Member(key: "users", value: users), JSON.Member(key: "plots", value: .array(plots)),
                JSON.Member(key: "heat", value: .array(self.heatMaps.map(\.data))),
            ])
    }

    private func line(_ values: ArraySlice<Double?>) -> JSON {
        let known = values.compactMap(\.self)
        let (lower, upper) = (known.min() ?? 0, known.max() ?? 0)
        let isLogarithmic = lower > 0
        let steps = Double(1 << (8 * self.bytes) - 2)
        var code: [UInt8] = []
        for value in values {
            var number = 0
            if let value {
                let share =
                    upper == lower
                    ? 0
                    : isLogarithmic ? log(value / lower) / log(upper / lower) : (value - lower) / (upper - lower)
                // Numbers of a file may be so far apart that their difference has no value.
                number = 1 + (share.isFinite ? Int((Swift.min(Swift.max(share, 0), 1) * steps).rounded()) : 0)
            }
            if self.bytes == 2 { code.append(UInt8(number >> 8)) }
            code.append(UInt8(number & 255))
        }
        return .object([
            "lower": .number(lower), "upper": .number(upper), "logarithmic": .bool(isLogarithmic),
            "code": .string(Self.base64(code)),
        ])
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<Swift.min(start + 3, bytes.count)]
            var group = 0
            for offset in 0..<3 { group = group << 8 | (offset < part.count ? Int(part[start + offset]) : 0) }
            for digit in 0..<4 {
                text.append(digit <= part.count ? Self.digits[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension TimePlot {
    /// Differs between plots that do not have the same lines.
    fileprivate var identity: [String] { [self.title, self.metric, self.unit.rawValue] + self.lines.map(\.name) }
}

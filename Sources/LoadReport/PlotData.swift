import Glibc
import JSONText

/// All values of a page's plots, for its script: one object, from which the script draws every plot.
///
/// A value takes two bytes, or one where a run has very many, in steps that are even on the axis of its plot; of more
/// than that, neighbours are drawn together. So a page has a limit, and every second of a run of three hours with 50
/// names is in it.
struct PlotData {
    private let axis: TimeAxis
    private let plots: [TimePlot]
    private let heatMaps: [HeatPlot]
    private let bytes: Int
    /// Neighbours that are one value.
    private let merged: Int

    /// Of the values in base64.
    private static let maximumBytes = 2_400_000

    init(axis: TimeAxis, plots: [TimePlot], heatMaps: [HeatPlot]) {
        (self.axis, self.plots, self.heatMaps) = (axis, plots, heatMaps)
        let values = axis.times.count * (plots.reduce(1) { $0 + $1.lines.count })
        self.bytes = values * 8 / 3 <= Self.maximumBytes ? 2 : 1
        self.merged = Swift.max((values * self.bytes * 4 / 3 + Self.maximumBytes - 1) / Self.maximumBytes, 1)
    }

    /// The element; a `<` of a text is written so that none ends it.
    var html: String {
        let plots = self.plots.map { plot -> JSON in
            let scale = plot.scale
            return .object([
                "unit": .string(plot.unit.rawValue), "lower": .number(scale.lower), "upper": .number(scale.upper),
                "logarithmic": .bool(scale.isLogarithmic), "lines": .array(plot.lines.map { self.line($0.values) }),
            ])
        }
        let times = stride(from: 0, to: self.axis.times.count, by: self.merged).map { first in
            JSON.number(
                (self.axis.times[Swift.min(first + self.merged, self.axis.times.count) - 1] * 1_000).rounded() / 1_000)
        }
        let data: JSON = .object([
            "bytes": .integer(self.bytes), "end": .number(self.axis.end), "times": .array(times),
            "stages": .array(self.axis.stages.map(JSON.number)), "users": self.line(self.axis.users),
            "plots": .array(plots), "heat": .array(self.heatMaps.map(\.data)),
        ])
        return "<script type=\"application/json\" id=\"data\">\(data.text())</script>\n"
    }

    /// The greatest of neighbours stands for them.
    private func line(_ values: [Double?]) -> JSON {
        let values = stride(from: 0, to: values.count, by: self.merged).map { first in
            values[first..<Swift.min(first + self.merged, values.count)].compactMap(\.self).max()
        }
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

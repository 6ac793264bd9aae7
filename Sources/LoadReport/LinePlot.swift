import JSONText
import Metrics

/// Lines over a common axis, as an SVG picture that needs no script: colours come from the page's style, values of a
/// place from the browser's own tool tips.
struct LinePlot {
    struct Series {
        let name: String
        /// In the order of the places; nil where the line has a gap.
        let values: [Double?]
    }

    /// A mark on the horizontal axis.
    struct Mark {
        /// From 0 to 1.
        let share: Double
        let label: String
    }

    let title: String
    /// The name of what is drawn, as in the tables; empty where the title says it.
    let metric: String
    /// A description of the plot, for those who cannot see it.
    let summary: String
    /// Where the values stand, from 0 to 1.
    let places: [Double]
    /// The tool tip's name of each place.
    let placeNames: [String]
    let marks: [Mark]
    let series: [Series]
    let format: (Double) -> String

    private static let width = 480.0
    private static let height = 210.0
    private static let left = 58.0
    private static let right = 14.0
    private static let top = 10.0
    private static let bottom = 26.0
    private static let maximumTips = 60

    private var innerWidth: Double { Self.width - Self.left - Self.right }
    private var innerHeight: Double { Self.height - Self.top - Self.bottom }

    /// A figure with title, legend and picture.
    var html: String {
        let scale = PlotScale(upTo: self.series.flatMap(\.values).compactMap(\.self).max() ?? 0)
        var html = "<figure><figcaption><b>\(HTMLText.escape(self.title))</b>\(self.code)\(self.legend)</figcaption>\n"
        html += "<svg viewBox=\"0 0 \(Self.width.plainText) \(Self.height.plainText)\" role=\"img\" "
        html += "aria-label=\"\(HTMLText.escape(self.summary))\">\n"
        html += self.grid(scale)
        for (index, series) in self.series.enumerated() {
            html += "<path class=\"line s\(index + 1)\" d=\"\(self.path(series.values, scale))\"/>\n"
        }
        return html + self.tips + "</svg></figure>\n"
    }

    private var code: String {
        self.metric.isEmpty || self.metric == self.title ? "" : "<code>\(HTMLText.escape(self.metric))</code>"
    }

    private var legend: String {
        let keys = self.series.enumerated().map { index, series in
            "<span class=\"key\"><i class=\"s\(index + 1)\"></i>\(HTMLText.escape(series.name))</span>"
        }
        return "<div>\(keys.joined())</div>"
    }

    private func grid(_ scale: PlotScale) -> String {
        let end = Self.left + self.innerWidth
        var svg = ""
        for mark in scale.marks {
            let y = self.y(mark, scale)
            svg += "<path class=\"grid\" d=\"M\(Self.text(Self.left)) \(y)H\(Self.text(end))\"/>"
            svg += "<text x=\"\(Self.text(Self.left - 6))\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">"
            svg += "\(HTMLText.escape(self.format(mark)))</text>\n"
        }
        for mark in self.marks {
            let anchor = mark.share > 0.97 ? "end" : mark.share < 0.03 ? "start" : "middle"
            svg += "<text x=\"\(self.x(mark.share))\" y=\"\(Self.text(Self.height - 8))\" text-anchor=\"\(anchor)\">"
            svg += "\(HTMLText.escape(mark.label))</text>\n"
        }
        return svg
    }

    /// A value alone between two gaps is drawn as a dot.
    private func path(_ values: [Double?], _ scale: PlotScale) -> String {
        var path = ""
        var isOpen = false
        for (place, value) in zip(self.places, values) {
            guard let value else {
                isOpen = false
                continue
            }
            path += "\(isOpen ? "L" : "M")\(self.x(place)) \(self.y(value, scale))\(isOpen ? "" : "h0")"
            isOpen = true
        }
        return path
    }

    private var tips: String {
        let step = Swift.max((self.places.count + Self.maximumTips - 1) / Self.maximumTips, 1)
        let width = Self.text(self.innerWidth / Double(Swift.max(self.places.count / step, 1)))
        return stride(from: 0, to: self.places.count, by: step).map { index in
            let values = self.series.compactMap { series in
                index < series.values.count ? series.values[index].map { "\(series.name): \(self.format($0))" } : nil
            }
            let tip = ([self.placeNames[index]] + values).joined(separator: "\n")
            let x = Self.left + self.places[index] * self.innerWidth - self.innerWidth / Double(self.places.count) / 2
            return "<rect class=\"tip\" x=\"\(Self.text(x))\" y=\"\(Self.text(Self.top))\" width=\"\(width)\" "
                + "height=\"\(Self.text(self.innerHeight))\"><title>\(HTMLText.escape(tip))</title></rect>\n"
        }.joined()
    }

    private func x(_ share: Double) -> String { Self.text(Self.left + share * self.innerWidth) }

    private func y(_ value: Double, _ scale: PlotScale) -> String {
        Self.text(Self.top + (1 - scale.share(of: value)) * self.innerHeight)
    }

    private static func text(_ coordinate: Double) -> String { coordinate.short(1) }
}

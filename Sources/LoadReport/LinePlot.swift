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

    private static let maximumTips = 60

    /// A figure with title, legend and picture.
    ///
    /// - Parameter hasTips: whether the browser's tool tips show the values.
    func html(hasTips: Bool = true) -> String {
        let scale = PlotScale(upTo: self.series.flatMap(\.values).compactMap(\.self).max() ?? 0)
        var html = "<figure class=\"distribution\" data-points=\"\(HTMLText.escape(self.points))\"><figcaption>"
        html += "<b>\(HTMLText.escape(self.title))</b>\(self.code)\(self.legend)</figcaption>\n"
        html += PlotFrame.svg(self.summary, isFocusable: true) + self.grid(scale)
        for (index, series) in self.series.enumerated() {
            html += "<path class=\"line s\(index + 1)\" d=\"\(self.path(series.values, scale))\"/>\n"
        }
        return html + (hasTips ? self.tips : "") + "</svg></figure>\n"
    }

    /// For the page's script: of each point its place, its name and the value of the first line.
    private var points: String {
        let points = zip(self.places, self.placeNames).enumerated().map { index, point -> JSON in
            let value = self.series.first.flatMap { index < $0.values.count ? $0.values[index] : nil }
            return .array([
                .number((point.0 * 10_000).rounded() / 10_000), .string(point.1),
                .string(value.map(self.format) ?? "–"),
            ])
        }
        return JSON.array(points).text()
    }

    private var code: String {
        self.metric.isEmpty || self.metric == self.title ? "" : "<code>\(HTMLText.escape(self.metric))</code>"
    }

    private var legend: String {
        let keys = self.series.enumerated().map { index, series in
            "<span class=\"key\"><i class=\"s\(index + 1)\"></i>\(HTMLText.escape(series.name))<output></output></span>"
        }
        return "<div>\(keys.joined())</div>"
    }

    private func grid(_ scale: PlotScale) -> String {
        let lines = scale.marks.map { PlotFrame.horizontal(scale.share(of: $0), self.format($0)) }
        return (lines + self.marks.map { PlotFrame.below($0.share, $0.label) }).joined()
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
        let width = PlotFrame.text(PlotFrame.innerWidth / Double(Swift.max(self.places.count / step, 1)))
        return stride(from: 0, to: self.places.count, by: step).map { index in
            let values = self.series.compactMap { series in
                index < series.values.count ? series.values[index].map { "\(series.name): \(self.format($0))" } : nil
            }
            let tip = ([self.placeNames[index]] + values).joined(separator: "\n")
            let x = PlotFrame.x(self.places[index]) - PlotFrame.innerWidth / Double(self.places.count) / 2
            return "<rect class=\"tip\" x=\"\(PlotFrame.text(x))\" y=\"\(PlotFrame.text(PlotFrame.top))\" "
                + "width=\"\(width)\" height=\"\(PlotFrame.text(PlotFrame.innerHeight))\">"
                + "<title>\(HTMLText.escape(tip))</title></rect>\n"
        }.joined()
    }

    private func x(_ share: Double) -> String { PlotFrame.text(PlotFrame.x(share)) }

    private func y(_ value: Double, _ scale: PlotScale) -> String {
        PlotFrame.text(PlotFrame.y(scale.share(of: value)))
    }
}

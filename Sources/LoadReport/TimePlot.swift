/// Lines over the time of a run, drawn as SVG that reads without a script; a script adds crosshair and zoom.
struct TimePlot {
    struct Line {
        let name: String
        /// One for each point of the time axis; nil where the line has a gap.
        let values: [Double?]
        /// The least and the greatest value; nil without one.
        let range: ClosedRange<Double>?

        init(name: String, values: [Double?]) {
            self.name = name
            self.values = values.map { $0.flatMap { $0.isFinite ? $0 : nil } }
            var range: ClosedRange<Double>?
            for case let value? in self.values {
                range = Swift.min(range?.lowerBound ?? value, value)...Swift.max(range?.upperBound ?? value, value)
            }
            self.range = range
        }
    }

    /// A threshold's line.
    struct Bound {
        let value: Double
        let label: String
    }

    let title: String
    /// The name of the metric, as in the tables; empty where the title is enough.
    let metric: String
    /// Facts below the title; a line breaks between two of them.
    let notes: [String]
    let unit: PlotUnit
    let lines: [Line]
    let bounds: [Bound]
    /// Whether the users are drawn behind the lines.
    let hasUsers: Bool
    let scale: PlotScale
    /// Whether no line rises or falls: such a plot is one line of text.
    let isFlat: Bool

    init(
        title: String, metric: String = "", notes: [String] = [], unit: PlotUnit, lines: [Line], bounds: [Bound] = [],
        isLatency: Bool = false, hasUsers: Bool = false
    ) {
        (self.title, self.metric, self.unit, self.lines) = (title, metric, unit, lines)
        (self.notes, self.bounds, self.hasUsers) = (notes, bounds, hasUsers)
        let ranges = lines.compactMap(\.range)
        self.isFlat = ranges.allSatisfy { $0.lowerBound == $0.upperBound }
        let least = ranges.map(\.lowerBound).min() ?? 0
        let greatest = ranges.map(\.upperBound).max() ?? 0
        self.scale = PlotScale(values: least...greatest, bounds: bounds.map(\.value), mayBeLogarithmic: isLatency)
    }

    /// The text of a plot that is not worth a picture.
    var flatText: String {
        let values = self.lines.compactMap { line in
            line.range.map { range in
                let text = self.unit.text(range.lowerBound)
                return self.lines.count == 1 ? text : "\(line.name) \(text)"
            }
        }
        return values.isEmpty ? "no values" : values.joined(separator: ", ")
    }

    /// - Parameters:
    ///   - number: of the plot among those of the page's data.
    ///   - points: the most that each line may have.
    func html(_ number: Int, axis: TimeAxis, points: Int) -> String {
        let scale = self.scale
        var html = "<figure class=\"time\" data-plot=\"\(number)\">\(self.caption(axis, scale))\n"
        html += PlotFrame.svg(self.summary)
        if self.hasUsers { html += "<use href=\"#users\"/>\n" }
        for mark in scale.marks { html += PlotFrame.horizontal(scale.share(of: mark), self.unit.text(mark)) }
        html += axis.marks
        for bound in self.bounds where self.isVisible(bound, scale) {
            let y = PlotFrame.text(PlotFrame.y(scale.share(of: bound.value)))
            html += "<path class=\"bound\" d=\"M\(Int(PlotFrame.left)) \(y)H\(Int(PlotFrame.end))\"/>"
            html += "<text class=\"bound\" x=\"\(Int(PlotFrame.end) - 4)\" y=\"\(y)\" dy=\"-4\" text-anchor=\"end\">"
            html += "\(HTMLText.escape(bound.label))</text>\n"
        }
        for (index, line) in self.lines.enumerated() {
            let path =
                axis.isDrawn
                ? PlotPath(places: axis.places, values: line.values, scale: scale, points: points).text : ""
            html += "<path class=\"line s\(index + 1)\" d=\"\(path)\"/>\n"
        }
        return html + "</svg></figure>\n"
    }

    private func isVisible(_ bound: Bound, _ scale: PlotScale) -> Bool {
        bound.value >= scale.lower && bound.value <= scale.upper
    }

    private func caption(_ axis: TimeAxis, _ scale: PlotScale) -> String {
        var keys = self.lines.enumerated().map { index, line in
            "<span class=\"key\"><i class=\"s\(index + 1)\"></i>\(HTMLText.escape(line.name))<output></output></span>"
        }
        for bound in self.bounds where !self.isVisible(bound, scale) {
            let place = bound.value > scale.upper ? "above" : "below"
            keys.append("<span class=\"key\">\(HTMLText.escape(bound.label)) is \(place) the plot</span>")
        }
        if self.hasUsers, let users = axis.usersText {
            keys.append("<span class=\"key\"><i class=\"area\"></i>\(users)</span>")
        }
        if scale.isLogarithmic { keys.append("<span class=\"key\">logarithmic</span>") }
        let code =
            self.metric.isEmpty || self.metric == self.title ? "" : "<code>\(HTMLText.escape(self.metric))</code>"
        let notes = self.notes.map { "<span>\(HTMLText.escape($0))</span> " }.joined()
        let note = notes.isEmpty ? "" : "<p>\(notes)</p>"
        return "<figcaption><b>\(HTMLText.escape(self.title))</b>\(code)\(note)<div>\(keys.joined())</div></figcaption>"
    }

    /// The alternative to the picture.
    private var summary: String {
        let lines = self.lines.compactMap { line -> String? in
            line.range.map { range in
                "\(line.name) from \(self.unit.text(range.lowerBound)) to \(self.unit.text(range.upperBound))"
            }
        }
        let bounds = self.bounds.map { "threshold \($0.label)" }
        return "\(self.title) over time: \((lines + bounds + self.notes).joined(separator: ", "))"
    }
}

import LoadPlan
import Metrics

/// A plot of both runs over time for each time and rate that both have, the greatest changes first.
struct ComparisonPlots {
    private let axis: TimeAxis
    private let plots: [TimePlot]
    private let interval: Int
    /// The name or event whose times changed most, by how much and since when; empty where none changed by a tenth.
    let greatestChange: String

    /// Points of all lines of a page, and the most and the fewest of one line.
    private static let maximumPoints = 36_000
    private static let pointsOfLine = 40...720
    /// In percent; less may be chance.
    private static let leastChange = 10.0

    init(_ comparison: RunComparison) {
        let timelines = CommonTimeline(comparison.before.timeline, comparison.after.timeline)
        self.axis = TimeAxis(times: timelines.times)
        self.interval = timelines.intervalsPerPoint
        let plots = timelines.lines.compactMap { line in ComparisonPlot(line, comparison, times: timelines.times) }
        // Of equal changes the order of the timeline stays.
        let sorted = plots.enumerated().sorted {
            let sizes = ($0.element.size, $1.element.size)
            return sizes.0 == sizes.1 ? $0.offset < $1.offset : sizes.0 > sizes.1
        }.map(\.element)
        self.plots = sorted.map(\.plot)
        let first = sorted.first { $0.selector.isNamed && $0.size >= Self.leastChange }
        self.greatestChange =
            first.map { "The greatest change is in \($0.plot.title): \($0.plot.notes.joined(separator: ", "))." } ?? ""
    }

    private var drawn: [TimePlot] { self.plots.filter { !$0.isFlat } }

    private var points: Int {
        let lines = Swift.max(self.drawn.count * 2, 1)
        return Swift.min(
            Swift.max(Self.maximumPoints / lines, Self.pointsOfLine.lowerBound), Self.pointsOfLine.upperBound)
    }

    /// Parts that the pictures refer to; empty without a picture.
    var definitions: String { self.drawn.isEmpty ? "" : self.axis.definitions(points: self.points) }

    var html: String {
        let figures = self.drawn.enumerated().map { $0.element.html($0.offset, axis: self.axis, points: self.points) }
        let flat = self.plots.filter(\.isFlat).map { plot in
            "<li><b>\(HTMLText.escape(plot.title))</b> \(HTMLText.escape(plot.flatText))</li>\n"
        }
        return (figures.isEmpty ? "" : "<div class=\"plots\">\n\(figures.joined())</div>\n")
            + (flat.isEmpty ? "" : "<ul class=\"flat\" aria-label=\"Without a change\">\n\(flat.joined())</ul>\n")
    }

    var note: String {
        let step = self.interval == 1 ? "second" : "\(self.interval) seconds"
        return "Time since the start of each run; a value for each \(step)."
    }

    /// The crosshair and the zoom, where there is a picture.
    var scripts: String {
        guard !self.drawn.isEmpty else { return "" }
        let data = PlotData(axis: self.axis, plots: self.drawn, heatMaps: [])
        return "\(data.html)<script>\n\(PageFiles.script)</script>\n"
    }
}

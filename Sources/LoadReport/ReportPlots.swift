import LoadPlan
import Metrics

/// The plots of a report over time.
struct ReportPlots {
    let axis: TimeAxis
    /// Users, rates and the times of the whole run.
    private let whole: [TimePlot]
    /// A plot for each name of an action and each event.
    private let named: [TimePlot]
    let heatMaps: [HeatPlot]
    private let intervals: Int
    /// Those that are drawn, in the order of their numbers.
    let drawn: [TimePlot]
    /// The most that a line may have.
    private let points: Int

    /// Points of all lines of a page, and the most and the fewest of one line.
    private static let maximumPoints = 36_000
    private static let pointsOfLine = 40...720

    /// - Parameter isDrawn: whether the pictures have their lines without a script.
    init(_ result: RunResult, isDrawn: Bool = true) {
        let content = TimelineContent(result)
        self.axis = TimeAxis(result, isDrawn: isDrawn)
        self.intervals = result.timeline.intervalsPerPoint
        self.whole = content.rates + content.trends { !$0.isNamed }
        let named = content.trends(where: \.isNamed)
        // The plot of the only name is that of the whole.
        let single = Set(Dictionary(grouping: named, by: \.metricName).filter { $0.value.count == 1 }.keys)
        self.named = named.filter { !single.contains($0.metricName) }
        self.drawn = (self.whole + self.named).filter { !$0.isFlat }
        let lines = self.drawn.reduce(1) { $0 + $1.lines.count }
        self.points = Swift.min(
            Swift.max(Self.maximumPoints / lines, Self.pointsOfLine.lowerBound), Self.pointsOfLine.upperBound)
        self.heatMaps = result.timeline.heatMaps.compactMap { map in
            guard let definition = result.metrics[map.selector]?.definition else { return nil }
            return HeatPlot(map, title: definition.title, definition: definition)
        }
    }

    /// Whether there is no picture over time.
    var isEmpty: Bool { self.drawn.isEmpty && self.heatMaps.isEmpty }

    /// Parts that the pictures refer to.
    var definitions: ReportSection? {
        self.isEmpty
            ? nil : ReportSection(id: "definitions", html: self.axis.definitions(points: self.points))
    }

    var overTime: String { self.html(self.whole, from: 0) }
    var byName: String { self.html(self.named, from: self.whole.count { !$0.isFlat }) }

    var heat: String {
        let figures = self.heatMaps.enumerated().map { $0.element.html($0.offset, axis: self.axis) }.joined()
        return figures.isEmpty ? "" : "<div class=\"plots\">\n\(figures)</div>\n"
    }

    /// Values for the page's script.
    var data: PlotData { PlotData(axis: self.axis, plots: self.drawn, heatMaps: self.heatMaps) }
    /// Those of a page that follows the run.
    var liveData: PlotData { PlotData(liveAxis: self.axis, plots: self.drawn, heatMaps: self.heatMaps) }

    /// The meaning of a point in the plots over time.
    var interval: String {
        let step = self.intervals == 1 ? "second" : "\(self.intervals) seconds"
        let merged = self.axis.isDrawn ? 1 : PointSampling.live(of: self.axis.times.count).group
        let values =
            merged == 1
            ? "a value for each \(step)"
            : "until the end, the least and the greatest value of each \(self.intervals * merged) seconds"
        return "Time since the start; \(values)."
            + (self.axis.stages.isEmpty ? "" : " Dotted lines are the ends of stages.")
    }

    /// Pictures first, then those in which nothing rises or falls, as text.
    private func html(_ plots: [TimePlot], from number: Int) -> String {
        let figures = plots.filter { !$0.isFlat }.enumerated().map { index, plot in
            plot.html(number + index, axis: self.axis, points: self.points)
        }
        let flat = plots.filter(\.isFlat).map { plot in
            "<li><b>\(HTMLText.escape(plot.title))</b> \(HTMLText.escape(plot.flatText))</li>\n"
        }
        return (figures.isEmpty ? "" : "<div class=\"plots\">\n\(figures.joined())</div>\n")
            + (flat.isEmpty ? "" : "<ul class=\"flat\" aria-label=\"Without a change\">\n\(flat.joined())</ul>\n")
    }
}

extension TimePlot {
    /// The metric without its tags.
    fileprivate var metricName: Substring { self.metric.prefix { $0 != "{" } }
}

extension MetricSelector {
    /// Whether it is the part of a metric that a name or an event has.
    var isNamed: Bool { self.tags["name"] != nil || self.tags["event"] != nil }
}

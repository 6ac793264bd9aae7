import LoadPlan
import Metrics

/// The time of a run, which all of its plots share: its points, the marks of its stages, and the users of each moment.
struct TimeAxis {
    /// Ends of the steps, seconds since the start.
    let times: [Double]
    let end: Double
    /// Where the stages of the scenarios end.
    let stages: [Double]
    let users: [Double?]
    /// Where the points stand, from 0 to 1.
    let places: [Double]
    /// Whether lines and labels of times are part of the pictures; else the page's script draws all of them.
    let isDrawn: Bool
    private let scale: PlotScale

    /// Stages that are marked.
    private static let maximumStages = 40

    init(_ result: RunResult, isDrawn: Bool = true) {
        self.isDrawn = isDrawn
        let points = result.timeline.points
        self.times = points.map(\.time)
        self.end = Swift.max(points.last?.time ?? 0, 0.001)
        self.scale = PlotScale(seconds: self.end)
        self.places = self.times.map(self.scale.share(of:))
        let end = self.end
        let ends = Set(result.run.scenarios.flatMap(\.stageEnds)).filter { $0 > 0 && $0 < end }
        self.stages = Array(ends.sorted().prefix(Self.maximumStages))
        let column = result.timeline.columns.levels.firstIndex { $0.metric == BuiltInMetric.vus.definition.name }
        self.users = points.map { point in
            column.map { $0 < point.levels.count && point.levels[$0].isFinite ? point.levels[$0] : 0 }
        }
    }

    /// Of several runs, which have neither stages nor users in common.
    init(times: [Double]) {
        self.times = times
        self.end = Swift.max(times.last ?? 0, 0.001)
        self.scale = PlotScale(seconds: self.end)
        self.places = times.map(self.scale.share(of:))
        (self.stages, self.users, self.isDrawn) = ([], times.map { _ in nil }, true)
    }

    private var mostUsers: Double? { self.users.compactMap(\.self).max() }

    /// The legend of the users behind a plot.
    var usersText: String? { self.mostUsers.map { "users, at most \(ReportNumber.plain($0))" } }

    /// Labels of times, and the lines at the ends of stages.
    var marks: String {
        let marks = self.isDrawn ? self.scale.marks : []
        let labels = marks.map { PlotFrame.below(self.scale.share(of: $0), ReportNumber.length($0)) }
        return "<g class=\"x\">\n\(labels.joined())</g>\n" + (self.stages.isEmpty ? "" : "<use href=\"#stages\"/>\n")
    }

    /// The parts that plots refer to.
    func definitions(points: Int) -> String {
        let lines = (self.isDrawn ? self.stages : []).map { stage in
            "M\(PlotFrame.text(PlotFrame.x(self.scale.share(of: stage)))) \(Int(PlotFrame.top))V\(Int(PlotFrame.base))"
        }
        return "<svg class=\"definitions\" id=\"definitions\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
            + "<path id=\"users\" class=\"users\" d=\"\(self.usersArea(points))\"/>"
            + "<path id=\"stages\" class=\"stage\" d=\"\(lines.joined())\"/>"
            + "<clipPath id=\"frame\"><rect x=\"\(Int(PlotFrame.left) - 2)\" y=\"\(Int(PlotFrame.top) - 2)\""
            + " width=\"\(Int(PlotFrame.innerWidth) + 4)\" height=\"\(Int(PlotFrame.innerHeight) + 4)\"/></clipPath>"
            + "</defs></svg>\n"
    }

    private func usersArea(_ points: Int) -> String {
        guard self.isDrawn, let most = self.mostUsers, most > 0, let first = self.places.first,
            let last = self.places.last
        else {
            return ""
        }
        let path = PlotPath(places: self.places, values: self.users, scale: PlotScale(upTo: most), points: points)
        return "\(path.text)L\(PlotFrame.text(PlotFrame.x(last))) \(Int(PlotFrame.base))"
            + "L\(PlotFrame.text(PlotFrame.x(first))) \(Int(PlotFrame.base))z"
    }
}

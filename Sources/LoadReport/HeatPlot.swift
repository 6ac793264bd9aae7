import JSONText
import Metrics

/// How many values came when and how long they took, as a picture in which a darker cell has more of them.
struct HeatPlot {
    private let map: HeatMap
    private let title: String
    private let definition: MetricDefinition
    private let rows: ClosedRange<Int>

    /// Runs of cells of equal colour that are drawn at most.
    private static let maximumRuns = 1_600
    private static let levels = 6
    /// Less is not worth a picture.
    private static let leastColumns = 5
    private static let leastRows = 3

    /// Nil where there is too little to see.
    init?(_ map: HeatMap, title: String, definition: MetricDefinition) {
        let rows = map.columns.flatMap { $0.cells.map(\.row) }
        guard let least = rows.min(), let greatest = rows.max(), greatest - least + 1 >= Self.leastRows,
            greatest - least <= 200, map.columns.count >= Self.leastColumns
        else { return nil }
        (self.title, self.definition, self.rows) = (title, definition, least...greatest)
        var map = map
        while Self.runs(map).count > Self.maximumRuns, map.columns.count > Self.leastColumns { map.halve() }
        self.map = map
    }

    private var height: Double { Double(self.rows.count) }

    /// - Parameter number: of the map among those of the page's data.
    func html(_ number: Int, axis: TimeAxis) -> String {
        let keys = (1...Self.levels).map { "<i class=\"heat h\($0)\"></i>" }.joined()
        var html = "<figure class=\"time\" data-heat=\"\(number)\"><figcaption>"
        html += "<b>\(HTMLText.escape(self.title))</b>"
        html += "<code>\(HTMLText.escape(self.map.selector.description))</code>"
        html += "<div><span class=\"key\">few \(keys) many</span><span class=\"key\">logarithmic</span></div>"
        html += "<output></output></figcaption>\n"
        html += PlotFrame.svg(self.summary)
        html += self.marks + axis.marks
        html += "<svg class=\"cells\" x=\"\(Int(PlotFrame.left))\" y=\"\(Int(PlotFrame.top))\" "
        html += "width=\"\(Int(PlotFrame.innerWidth))\" height=\"\(Int(PlotFrame.innerHeight))\" "
        html += "viewBox=\"0 0 \(axis.end.short(3)) \(Int(self.height))\" preserveAspectRatio=\"none\">\n"
        let runs = Self.runs(self.map)
        for level in 1...Self.levels {
            let path = runs.filter { $0.level == level }.map { run in
                "M\(run.start.short(3)) \((self.height - Double(run.row - self.rows.lowerBound) - 0.5).short(1))"
                    + "h\((run.end - run.start).short(3))"
            }
            html += "<path class=\"cell h\(level)\" d=\"\(path.joined())\"/>\n"
        }
        return html + "</svg></svg></figure>\n"
    }

    /// At 1, 2 and 5 times the powers of ten, or where these are too near at the powers alone.
    private var marks: String {
        var (marks, power) = ([String](), 1e-12)
        var last = -1.0
        while power < 1e18 {
            for factor in [1.0, 2, 5] {
                let place = HeatMap.place(of: power * factor * self.definition.unit) - Double(self.rows.lowerBound)
                let share = place / self.height
                guard share >= 0, share <= 1, share > last + 0.14 else { continue }
                marks.append(
                    PlotFrame.horizontal(share, ReportNumber.value(power * factor, of: self.definition)))
                last = share
            }
            power *= 10
        }
        return marks.joined()
    }

    /// For the page's script: of each column its end, the number of its values and the row that has most of them; and
    /// the ends of the rows.
    var data: JSON {
        let columns = self.map.columns.map { column -> JSON in
            let count = column.cells.reduce(UInt64(0)) { sum, cell in
                var sum = sum
                sum.addUpToTheMost(cell.count)
                return sum
            }
            let most = column.cells.max { $0.count < $1.count }?.row ?? self.rows.lowerBound
            return .array([
                .number((column.time * 1_000).rounded() / 1_000), .number(Double(count)),
                .integer(most - self.rows.lowerBound),
            ])
        }
        let ends = (self.rows.lowerBound...self.rows.upperBound + 1).map { JSON.string(self.text(ofRow: $0)) }
        return .object(["columns": .array(columns), "rows": .array(ends)])
    }

    private func text(ofRow row: Int) -> String {
        ReportNumber.value(HeatMap.value(of: row) / self.definition.unit, of: self.definition)
    }

    private var summary: String {
        var counts: [Int: UInt64] = [:]
        for cell in self.map.columns.flatMap(\.cells) { counts[cell.row, default: 0].addUpToTheMost(cell.count) }
        let most = counts.max { $0.value < $1.value }?.key ?? 0
        let texts = [self.rows.lowerBound, self.rows.upperBound + 1, most, most + 1].map(self.text(ofRow:))
        return "\(self.title), heat map over time: values from \(texts[0]) to \(texts[1]), most of them between "
            + "\(texts[2]) and \(texts[3])"
    }

    /// Neighbouring cells of a row that have the same colour.
    private struct Run {
        let row: Int
        let level: Int
        let start: Double
        var end: Double
    }

    private static func runs(_ map: HeatMap) -> [Run] {
        let most = Double(map.columns.flatMap { $0.cells.map(\.count) }.max() ?? 1)
        var runs: [Run] = []
        var open: [Int: Int] = [:]
        var start = 0.0
        for column in map.columns {
            var next: [Int: Int] = [:]
            for cell in column.cells {
                let level = 1 + Int((Double(cell.count) / most).squareRoot() * Double(Self.levels - 1))
                if let run = open[cell.row], runs[run].level == level {
                    runs[run].end = column.time
                    next[cell.row] = run
                } else {
                    next[cell.row] = runs.count
                    runs.append(Run(row: cell.row, level: level, start: start, end: column.time))
                }
            }
            (open, start) = (next, column.time)
        }
        return runs
    }
}

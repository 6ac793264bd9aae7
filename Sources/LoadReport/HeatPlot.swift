import JSONText
import Metrics

/// How many values came when and how long they took, as a picture in which a darker cell has more of them.
struct HeatPlot {
    /// With the bands as rows, from 0.
    private let map: HeatMap
    private let title: String
    private let definition: MetricDefinition
    /// The lowest of the map's own rows, how many of them make a band, and the bands.
    private let lowest: Int
    private let rowsPerBand: Int
    private let bands: Int

    /// Runs of cells of equal colour that are drawn at most.
    private static let maximumRuns = 1_600
    private static let levels = 6
    /// Less is not worth a picture.
    private static let leastColumns = 5
    private static let leastRows = 3
    /// More could not be told apart; they are drawn together, several as one.
    private static let maximumBands = 200
    /// The least share of the height between two marks.
    private static let gap = 0.14

    /// Nil where there is too little to see.
    init?(_ map: HeatMap, title: String, definition: MetricDefinition) {
        let rows = map.columns.flatMap { $0.cells.map(\.row) }
        guard let least = rows.min(), let greatest = rows.max(), greatest - least + 1 >= Self.leastRows,
            map.columns.count >= Self.leastColumns
        else { return nil }
        (self.title, self.definition, self.lowest) = (title, definition, least)
        self.rowsPerBand = (greatest - least) / Self.maximumBands + 1
        self.bands = (greatest - least) / self.rowsPerBand + 1
        var map = map.banded(from: least, rows: self.rowsPerBand)
        while Self.runs(map).count > Self.maximumRuns, map.columns.count > Self.leastColumns { map.halve() }
        self.map = map
    }

    private var height: Double { Double(self.bands) }

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
                "M\(run.start.short(3)) \((self.height - Double(run.row) - 0.5).short(1))"
                    + "h\((run.end - run.start).short(3))"
            }
            html += "<path class=\"cell h\(level)\" d=\"\(path.joined())\"/>\n"
        }
        return html + "</svg></svg></figure>\n"
    }

    /// At 0 and at 1, 2 and 5 times the powers of ten of either sign, as many as have room; those near 0 first.
    private var marks: String {
        let zero = self.share(of: 0)
        var marks = zero.map { [self.mark($0, 0)] } ?? []
        for sign in [1.0, -1] {
            var (last, power) = (zero, 1e-12)
            while power < 1e18 {
                for value in [1.0, 2, 5].map({ sign * power * $0 }) {
                    guard let share = self.share(of: value), last.map({ abs(share - $0) > Self.gap }) ?? true
                    else { continue }
                    marks.append(self.mark(share, value))
                    last = share
                }
                power *= 10
            }
        }
        return marks.joined()
    }

    /// Where a value stands, from 0 at the bottom to 1; nil outside of the picture.
    private func share(of value: Double) -> Double? {
        let place = HeatMap.place(of: value * self.definition.unit) - Double(self.lowest)
        let share = place / Double(self.bands * self.rowsPerBand)
        return (0...1).contains(share) ? share : nil
    }

    private func mark(_ share: Double, _ value: Double) -> String {
        PlotFrame.horizontal(share, ReportNumber.value(value, of: self.definition))
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
            let most = column.cells.max { $0.count < $1.count }?.row ?? 0
            return .array([
                .number((column.time * 1_000).rounded() / 1_000), .number(Double(count)), .integer(most),
            ])
        }
        let ends = (0...self.bands).map { JSON.string(self.text(ofBand: $0)) }
        return .object(["columns": .array(columns), "rows": .array(ends)])
    }

    /// The least value of a band.
    private func text(ofBand band: Int) -> String {
        let value = HeatMap.value(of: self.lowest + band * self.rowsPerBand)
        return ReportNumber.value(value / self.definition.unit, of: self.definition)
    }

    private var summary: String {
        var counts: [Int: UInt64] = [:]
        for cell in self.map.columns.flatMap(\.cells) { counts[cell.row, default: 0].addUpToTheMost(cell.count) }
        let most = counts.max { $0.value < $1.value }?.key ?? 0
        let texts = [0, self.bands, most, most + 1].map(self.text(ofBand:))
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

extension HeatMap {
    /// The map with its rows counted from `lowest`, and so many of them as one.
    fileprivate func banded(from lowest: Int, rows: Int) -> HeatMap {
        let columns = self.columns.map { column -> Column in
            var cells: [Cell] = []
            for cell in column.cells {
                let band = (cell.row - lowest) / rows
                var count = cell.count
                if let last = cells.last, last.row == band {
                    count.addUpToTheMost(last.count)
                    cells.removeLast()
                }
                cells.append(Cell(row: band, count: count))
            }
            return Column(time: column.time, cells: cells)
        }
        return HeatMap(selector: self.selector, columns: columns, intervalsPerColumn: self.intervalsPerColumn)
    }
}

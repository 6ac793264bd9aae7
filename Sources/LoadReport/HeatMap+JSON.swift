import JSONText
import Metrics

extension HeatMap {
    /// A column is its time, then row, count, row, count…
    var json: JSON {
        let columns = self.columns.map { column in
            JSON.array(
                [.number(column.time)]
                    + column.cells.flatMap { [JSON.integer($0.row), .integer(Int(clamping: $0.count))] })
        }
        return .object([
            "metric": .string(self.selector.metric), "tags": self.selector.tags.json,
            "intervals_per_column": .integer(self.intervalsPerColumn), "columns": .array(columns),
        ])
    }

    /// - Parameter selector: what `json` says of it.
    init?(selector: MetricSelector, json: JSON) {
        guard let intervals = json["intervals_per_column"]?.integer, intervals > 0, intervals & (intervals - 1) == 0,
            intervals <= Timeline.maximumIntervalsPerPoint,
            let columns = json["columns"]?.array?.map(Column.init(json:)),
            columns.count <= Self.maximumColumns, !columns.contains(nil)
        else { return nil }
        self.init(selector: selector, columns: columns.compactMap(\.self), intervalsPerColumn: intervals)
    }
}

extension HeatMap.Column {
    /// More than a run can count, and less than what the counts of thousands of files add up to without an overflow.
    private static let maximumCount = 1 << 50

    fileprivate init?(json: JSON) {
        guard let numbers = json.array, let time = numbers.first?.double, abs(time) < 1e12, numbers.count % 2 == 1
        else { return nil }
        var cells: [HeatMap.Cell] = []
        for index in stride(from: 1, to: numbers.count, by: 2) {
            guard let row = numbers[index].integer, HeatMap.rows.contains(row), row > cells.last?.row ?? .min,
                let count = numbers[index + 1].integer, (1...Self.maximumCount).contains(count)
            else { return nil }
            cells.append(HeatMap.Cell(row: row, count: UInt64(count)))
        }
        self.init(time: time, cells: cells)
    }
}

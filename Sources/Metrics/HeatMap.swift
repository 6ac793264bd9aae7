/// How often which times occurred over a run: counts by time and by magnitude, for a picture.
///
/// Rows are eighths of a power of two, the pages of a `Histogram`. There are at most 240 columns, which become twice
/// as long when there would be more; times that spread over two powers of ten take 54 rows, so that a run keeps at most
/// some 200 KB for each heat map, however long it is.
package struct HeatMap: Sendable, Equatable {
    package struct Cell: Sendable, Equatable {
        package let row: Int
        package internal(set) var count: UInt64

        package init(row: Int, count: UInt64) { (self.row, self.count) = (row, count) }
    }

    package struct Column: Sendable, Equatable {
        /// The end of the column, seconds since the run's start.
        package internal(set) var time: Double
        /// In the order of the rows; only those with values.
        package internal(set) var cells: [Cell]

        package init(time: Double, cells: [Cell]) { (self.time, self.cells) = (time, cells) }

        mutating func add(_ other: [Cell]) {
            var sums: [Int: UInt64] = [:]
            for cell in self.cells + other { sums[cell.row, default: 0].addUpToTheMost(cell.count) }
            self.cells = sums.sorted { $0.key < $1.key }.map { Cell(row: $0.key, count: $0.value) }
        }
    }

    package static let maximumColumns = 240
    /// Rows that a value can have, of either sign.
    package static let rows =
        -(HistogramScale.lastBucket >> Histogram.pageShift) - 1...HistogramScale.lastBucket >> Histogram.pageShift

    /// The trend.
    package let selector: MetricSelector
    package private(set) var columns: [Column]
    /// A power of two.
    package private(set) var intervalsPerColumn: Int
    private var intervalsInLast: Int

    package init(selector: MetricSelector, columns: [Column] = [], intervalsPerColumn: Int = 1) {
        (self.selector, self.columns, self.intervalsPerColumn) = (selector, columns, intervalsPerColumn)
        self.intervalsInLast = intervalsPerColumn
    }

    /// Where a value of the metric lies on the axis of the rows.
    package static func place(of value: Double) -> Double {
        Double(HistogramScale.bucket(of: value)) / Double(Histogram.pageSize)
    }

    /// The least value of a row, to 0.8 %.
    package static func value(of row: Int) -> Double { HistogramScale.value(of: row << Histogram.pageShift) }

    /// Adds what came in one interval.
    mutating func append(_ histogram: Histogram, at time: Double) {
        if self.intervalsInLast < self.intervalsPerColumn, !self.columns.isEmpty {
            self.columns[self.columns.count - 1].add(histogram.cells)
            self.columns[self.columns.count - 1].time = time
            self.intervalsInLast += 1
            return
        }
        if self.columns.count == Self.maximumColumns { self.halve() }
        self.columns.append(Column(time: time, cells: histogram.cells))
        self.intervalsInLast = 1
    }

    /// Makes one column of every two neighbours.
    package mutating func halve() {
        self.columns = stride(from: 0, to: self.columns.count, by: 2).map { index in
            var column = self.columns[index]
            if index + 1 < self.columns.count {
                column.add(self.columns[index + 1].cells)
                column.time = self.columns[index + 1].time
            }
            return column
        }
        self.intervalsPerColumn = Swift.min(self.intervalsPerColumn * 2, Timeline.maximumIntervalsPerPoint)
        self.intervalsInLast = self.intervalsPerColumn
    }

    /// Adds that of another process, which started `offset` seconds later.
    mutating func merge(_ other: HeatMap, offset: Double) {
        var other = other
        while other.intervalsPerColumn < self.intervalsPerColumn { other.halve() }
        while self.intervalsPerColumn < other.intervalsPerColumn { self.halve() }
        let step = Double(self.intervalsPerColumn)
        var merged: [Int: Column] = [:]
        for column in self.columns + other.columns.map({ Column(time: $0.time + offset, cells: $0.cells) }) {
            let key = Int((column.time / step).rounded())
            if merged[key] == nil { merged[key] = column } else { merged[key]!.add(column.cells) }
        }
        self = HeatMap(
            selector: self.selector, columns: merged.sorted { $0.key < $1.key }.map(\.value),
            intervalsPerColumn: self.intervalsPerColumn)
        while self.columns.count > Self.maximumColumns { self.halve() }
    }
}

extension Histogram {
    /// The counts of its pages.
    fileprivate var cells: [HeatMap.Cell] {
        var cells: [HeatMap.Cell] = []
        self.forEachBucket { bucket, count in
            let row = bucket >> Self.pageShift
            if cells.last?.row == row {
                cells[cells.count - 1].count.addUpToTheMost(count)
            } else {
                cells.append(HeatMap.Cell(row: row, count: count))
            }
        }
        return cells
    }
}

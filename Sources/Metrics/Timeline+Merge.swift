extension Timeline {
    /// Adds the timeline of another process, point by point: users and counters add up, percentiles are weighted means.
    ///
    /// - Parameter offset: how many seconds after this run's start the other one started; may be negative.
    package mutating func merge(_ other: Timeline, offset: Double) {
        var other = other
        while other.intervalsPerPoint < self.intervalsPerPoint { other.halve() }
        while self.intervalsPerPoint < other.intervalsPerPoint { self.halve() }
        let places = self.columns.adopt(other.columns)
        let step = Double(self.intervalsPerPoint)
        var merged: [Int: Point] = [:]
        for point in self.points { Self.add(point, at: point.time / step, to: &merged) }
        for point in other.points {
            var moved = self.columns.arrange(point, by: places)
            moved.time = Swift.max(point.time + offset, 0)
            Self.add(moved, at: moved.time / step, to: &merged)
        }
        let points = merged.sorted { $0.key < $1.key }.map(\.value)
        self = Timeline(
            columns: self.columns, points: points, intervalsPerPoint: self.intervalsPerPoint,
            heatMaps: self.merged(other.heatMaps, offset: offset))
        while self.points.count > Self.maximumPoints { self.halve() }
    }

    private func merged(_ others: [HeatMap], offset: Double) -> [HeatMap] {
        var maps = self.heatMaps
        for other in others {
            if let place = maps.firstIndex(where: { $0.selector == other.selector }) {
                maps[place].merge(other, offset: offset)
            } else {
                var map = HeatMap(selector: other.selector)
                map.merge(other, offset: offset)
                maps.append(map)
            }
        }
        return maps
    }

    private static func add(_ point: Point, at place: Double, to merged: inout [Int: Point]) {
        let key = Int(place.rounded())
        if merged[key] == nil {
            merged[key] = point
        } else {
            merged[key]!.combine(point, levels: +)
        }
    }
}

extension TimelineColumns {
    /// Where columns of another timeline are among these.
    fileprivate struct Places {
        /// Nil for one that has no room any more.
        let levels, counters, trends: [Int?]
    }

    /// Takes in the columns that are missing.
    fileprivate mutating func adopt(_ other: TimelineColumns) -> Places {
        Places(
            levels: Self.adopt(other.levels, into: &self.levels),
            counters: Self.adopt(other.counters, into: &self.counters),
            trends: Self.adopt(other.trends, into: &self.trends))
    }

    private static func adopt(_ names: [MetricSelector], into columns: inout [MetricSelector]) -> [Int?] {
        names.map { name in
            if let place = columns.firstIndex(of: name) { return place }
            if columns.count == Self.maximumColumns { return nil }
            columns.append(name)
            return columns.count - 1
        }
    }

    fileprivate func arrange(_ point: Timeline.Point, by places: Places) -> Timeline.Point {
        var arranged = Timeline.Point(
            time: point.time, seconds: point.seconds, levels: Array(repeating: 0, count: self.levels.count),
            counters: Array(repeating: 0, count: self.counters.count),
            trends: Array(repeating: nil, count: self.trends.count))
        for case (let value, let place?) in zip(point.levels, places.levels) { arranged.levels[place] = value }
        for case (let value, let place?) in zip(point.counters, places.counters) { arranged.counters[place] = value }
        for case (let value, let place?) in zip(point.trends, places.trends) { arranged.trends[place] = value }
        return arranged
    }
}

/// The longest part of two runs in which a figure of the later one is higher, or lower, by a tenth or more.
struct LastingChange: Equatable {
    let isHigher: Bool
    /// Seconds since the start; nil at the beginning of the runs.
    let start: Double?
    /// Nil at the end of what both runs have.
    let end: Double?

    private static let leastShare = 0.1
    /// The runs are compared by the means of so many parts of equal length, or fewer where these would have less than
    /// three values: a single value says nothing.
    private static let parts = 20
    private static let valuesOfPart = 3

    /// Nil where nothing lasts for a tenth of the runs, or where they have too little in common.
    ///
    /// - Parameters:
    ///   - times: ends of the steps, seconds since the start.
    ///   - before: one value for each step; nil where the run has none.
    init?(times: [Double], before: [Double?], after: [Double?]) {
        let common = times.indices.filter { before[$0] != nil && after[$0] != nil }
        let count = Swift.min(common.count / Self.valuesOfPart, Self.parts)
        guard count >= 3 else { return nil }
        let starts = (0...count).map { common.count * $0 / count }
        let directions = (0..<count).map { part in
            let steps = common[starts[part]..<starts[part + 1]]
            return Self.direction(steps.compactMap { before[$0] }, steps.compactMap { after[$0] })
        }
        var (longest, first) = (0..<0, 0)
        for part in 1...count where part == count || directions[part] != directions[first] {
            if directions[first] != 0, part - first > longest.count { longest = first..<part }
            first = part
        }
        guard longest.count >= Swift.max(2, count / 10) else { return nil }
        self.isHigher = directions[longest.lowerBound] > 0
        self.start = longest.lowerBound == 0 ? nil : times[common[starts[longest.lowerBound] - 1]]
        self.end = longest.upperBound == count ? nil : times[common[starts[longest.upperBound] - 1]]
    }

    /// 1 for higher values, -1 for lower ones, 0 for about the same.
    private static func direction(_ before: [Double], _ after: [Double]) -> Int {
        let (before, after) = (before.reduce(0, +), after.reduce(0, +))
        if after > before, after - before >= before.magnitude * Self.leastShare { return 1 }
        return before > after && before - after >= before.magnitude * Self.leastShare ? -1 : 0
    }

    /// - Parameter words: for higher and for lower values.
    func text(_ words: (higher: String, lower: String)) -> String {
        let word = self.isHigher ? words.higher : words.lower
        let time =
            switch (self.start, self.end) {
            case (nil, nil): "throughout"
            case (let start?, nil): "from \(ReportNumber.length(start)) on"
            case (nil, let end?): "until \(ReportNumber.length(end))"
            case (let start?, let end?): "from \(ReportNumber.length(start)) to \(ReportNumber.length(end))"
            }
        return "at least 10 % \(word) \(time)"
    }
}

/// A line through values, with no more points than its picture can show.
struct PlotPath {
    /// The SVG's path.
    let text: String

    /// Where there are more values than points, each stretch of them is drawn by its least and its greatest one, so
    /// that no peak is lost. A value alone between two gaps is a dot.
    ///
    /// - Parameters:
    ///   - places: where the values stand, from 0 to 1.
    ///   - values: nil where the line has a gap.
    ///   - points: the most that the line may have.
    init(places: [Double], values: [Double?], scale: PlotScale, points: Int) {
        var path = ""
        var isOpen = false
        let kept = values.count <= points ? Array(values.indices) : Self.extremes(values, stretches: points / 2)
        for index in kept {
            guard let value = values[index] else {
                isOpen = false
                continue
            }
            let x = PlotFrame.text(PlotFrame.x(places[index]))
            let y = PlotFrame.text(PlotFrame.y(scale.share(of: value)))
            path += "\(isOpen ? "L" : "M")\(x) \(y)\(isOpen ? "" : "h0")"
            isOpen = true
        }
        self.text = path
    }

    private static func extremes(_ values: [Double?], stretches: Int) -> [Int] {
        (0..<stretches).flatMap { stretch -> [Int] in
            let range = values.count * stretch / stretches..<values.count * (stretch + 1) / stretches
            let known = range.filter { values[$0] != nil }
            guard let least = known.min(by: { values[$0]! < values[$1]! }),
                let greatest = known.max(by: { values[$0]! < values[$1]! })
            else { return Array(range.prefix(1)) }
            return least == greatest ? [least] : [Swift.min(least, greatest), Swift.max(least, greatest)]
        }
    }
}

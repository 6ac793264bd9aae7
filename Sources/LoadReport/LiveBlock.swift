/// A part of the live screen: a list under its heading, in as many lines as it gets.
struct LiveBlock {
    /// Empty for a list without one.
    var heading: [ScreenCell] = []
    /// The most important first.
    let rows: [ScreenLine]
    /// How many rows there are, with those that are not in `rows`.
    let count: Int
    /// The name of the rows, for the line that counts those without room; nil in a list with a heading, which counts
    /// them.
    var things: String?
    /// Whether rows without room are left out in silence.
    var isOptional = false

    var minimum: Int { min(self.wanted, self.heading.isEmpty ? 1 : 2) }
    var wanted: Int { self.rows.isEmpty ? 0 : self.rows.count + (self.heading.isEmpty ? 0 : 1) }

    /// - Parameters:
    ///   - count: the lines that it gets.
    ///   - makeLine: makes a line of cells.
    func lines(_ count: Int, _ makeLine: ([ScreenCell]) -> ScreenLine) -> [ScreenLine] {
        guard count > 0, !self.rows.isEmpty else { return [] }
        if !self.heading.isEmpty {
            let shown = self.rows.prefix(count - 1)
            let left = self.count - shown.count
            let more = left > 0 ? [ScreenCell("… and \(left) more", .faint)] : []
            return [makeLine(self.heading + more)] + shown
        }
        if self.isOptional || self.count <= count { return Array(self.rows.prefix(count)) }
        // One row alone is worth more than its count.
        let shown = self.rows.prefix(max(count - 1, 1))
        let more = makeLine([ScreenCell("… and \(self.count - shown.count) \(self.things ?? "more")", .faint)])
        return Array((shown + [more]).prefix(count))
    }
}

extension [LiveBlock] {
    /// The lines that each block gets of `room`: first all have their least, then each one more in turn; those that
    /// stand first in `priority` before others.
    ///
    /// - Parameter priority: the blocks' indices.
    func budget(_ room: Int, priority: [Int]) -> [Int] {
        var lines = [Int](repeating: 0, count: self.count)
        var room = room
        for index in priority {
            // A heading alone is of no use.
            guard self[index].minimum <= room else { continue }
            lines[index] = self[index].minimum
            room -= lines[index]
        }
        var isGrowing = true
        while isGrowing, room > 0 {
            isGrowing = false
            for index in priority where room > 0 && lines[index] > 0 && lines[index] < self[index].wanted {
                lines[index] += 1
                room -= 1
                isGrowing = true
            }
        }
        return lines
    }
}

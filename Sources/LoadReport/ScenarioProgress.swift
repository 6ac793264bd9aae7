import JSONText

/// How far a scenario has come.
package struct ScenarioProgress: Equatable, Sendable {
    package var name: String
    package var users: Int
    package var maxUsers: Int
    /// Seconds from the run's start, without `gracefulStop`.
    package var start: Double
    package var length: Double

    package init(name: String, users: Int, maxUsers: Int, start: Double, length: Double) {
        (self.name, self.users, self.maxUsers) = (name, users, maxUsers)
        (self.start, self.length) = (start, length)
    }

    /// `chat     [====>-----] 80/90 VUs  0m13.0s/1m00s`; without the bar where there is no room for it.
    ///
    /// - Parameters:
    ///   - run: the whole run.
    ///   - names: columns of all scenarios' names.
    ///   - width: columns of the line.
    func bar(in run: RunProgress, names: Int, width: Int) -> String {
        let elapsed = min(max(run.seconds - self.start, 0), self.length)
        let isOver = elapsed >= self.length || (run.isEnding && self.users == 0)
        let mark = isOver ? "✓" : " "
        let shown = TerminalLine.cut(self.name.printable, columns: names)
        let name = shown + String(repeating: " ", count: max(names - TerminalLine.columns(of: shown), 0))
        let tail =
            "\(Self.count(self.users, of: self.maxUsers))  "
            + "\(RunProgress.clock(elapsed, hasTenths: true))/\(RunProgress.clock(self.length, hasTenths: false))"
        let cells = min(width - names - tail.count - 8, 40)
        guard cells >= 4 else { return "\(name) \(mark) \(tail)" }
        let share = self.length > 0 ? elapsed / self.length : 1
        let full = Int(share * Double(cells))
        let head = full > 0 && full < cells ? String(repeating: "=", count: full - 1) + ">" : ""
        let done = head.isEmpty ? String(repeating: "=", count: full) : head
        return "\(name) \(mark) [\(done)\(String(repeating: "-", count: cells - full))] \(tail)"
    }

    /// `087/100 VUs`
    static func count(_ users: Int, of maxUsers: Int) -> String {
        let most = "\(maxUsers)"
        let text = "\(max(users, 0))"
        return String(repeating: "0", count: max(most.count - text.count, 0)) + text + "/\(most) VUs"
    }
}

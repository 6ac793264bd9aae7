import Metrics

/// A run while it goes on: what the live screen shows, whatever its size.
package struct LiveView: Equatable, Sendable {
    /// Rows of a list, the most important first.
    struct List<Row: Equatable & Sendable>: Equatable, Sendable {
        /// As many as a terminal may have room for.
        static var maximumRows: Int { 100 }

        var rows: [Row] = []
        /// How many there are, with those that are not in `rows`.
        var count = 0
    }

    package var progress: RunProgress
    var figures = LiveFigures()
    var thresholds = List<LiveThreshold>()
    /// Thresholds that fail now, and those that have a value; of all.
    var failing = 0
    var evaluated = 0
    var checks = List<CheckResult>()
    /// Results of all checks.
    var passes: UInt64 = 0
    var checked: UInt64 = 0
    var errors = List<LiveError>()
    var names = List<LiveName>()

    package init(_ progress: RunProgress) { self.progress = progress }
}

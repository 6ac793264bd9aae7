import Metrics

/// How often a check held.
struct CheckResult: Equatable {
    /// `::outer::inner`, empty outside of groups.
    let group: String
    let name: String
    var passes: UInt64
    var total: UInt64

    var fails: UInt64 { self.total - self.passes }
}

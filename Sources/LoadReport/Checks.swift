import Metrics

extension MetricSet {
    /// Every check of every group over all scenarios and transports, in the order in which they came up.
    var checks: [CheckResult] {
        struct Key: Hashable { let group, name: ExactText }
        var results: [CheckResult] = []
        var places: [Key: Int] = [:]
        for series in self[.checks]?.series ?? [] {
            guard case .rate(let passes, let total) = series.value, let name = series.tags["check"] else { continue }
            let group = series.tags["group"] ?? ""
            let key = Key(group: ExactText(group), name: ExactText(name))
            if let place = places[key] {
                results[place].passes.addUpToTheMost(passes)
                results[place].total.addUpToTheMost(total)
            } else {
                places[key] = results.count
                results.append(CheckResult(group: group, name: name, passes: passes, total: total))
            }
        }
        return results
    }
}

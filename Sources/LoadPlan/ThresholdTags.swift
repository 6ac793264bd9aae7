import JSONText
import Metrics

extension LoadPlan {
    /// Thresholds on tags that no sample of their metric can have: they would compare nothing.
    ///
    /// Checks and a script's own metrics may have any tag; of these, one that is named nearly as a known one is a
    /// warning.
    package func thresholdTagProblems() -> (errors: [OptionProblem], warnings: [String]) {
        var errors: [OptionProblem] = []
        var warnings: [String] = []
        for threshold in self.thresholds {
            let selector = threshold.selector
            let resolved = MetricRegistry.resolve(selector)
            guard let metric = BuiltInMetric.named(resolved.metric), metric != .checks else {
                warnings += selector.tags.tags.compactMap { self.remark(on: $0.key, threshold) }
                continue
            }
            for tag in selector.tags.tags {
                guard let message = self.problem(tag, of: metric, named: selector.metric) else { continue }
                errors.append(
                    OptionProblem(path: threshold.path, value: "\"\(selector)\"", message: message))
            }
        }
        return (errors, warnings)
    }

    /// The values of the tags that the run and its scenarios give to every sample.
    private var ownTags: [String: Set<String>] {
        var values: [String: Set<String>] = ["scenario": Set(self.scenarios.map(\.name))]
        for tags in [self.tags] + self.scenarios.map(\.tags) {
            for (key, value) in tags { values[key, default: []].insert(value) }
        }
        return values
    }

    private func problem(_ tag: TagSet.Tag, of metric: BuiltInMetric, named name: String) -> String? {
        let isOfLoop = metric.tagKeys.isEmpty
        let own = isOfLoop ? [:] : self.ownTags
        let keys = metric.tagKeys + own.keys.filter { !metric.tagKeys.contains($0) }.sorted()
        guard keys.contains(tag.key) else {
            if isOfLoop { return "\"\(name)\" has no tags" }
            let meant = nearestName(to: tag.key, among: keys).map { "did you mean \"\($0)\"?" }
            return "\"\(name)\" has no tag \"\(tag.key)\"; \(meant ?? "its tags are \(keys.joined(separator: ", "))")"
        }
        // A scenario may give a value of its own to the program's tags, too.
        guard let values = own[tag.key]?.sorted() ?? metric.values(of: tag.key), !values.contains(tag.value),
            own[tag.key] == nil || tag.key == "scenario" || !metric.tagKeys.contains(tag.key)
        else { return nil }
        let meant = nearestName(to: tag.value, among: values).map { "did you mean \"\($0)\"?" }
        return "the tag \"\(tag.key)\" is never \"\(tag.value)\"; \(meant ?? "it is \(values.joined(separator: ", "))")"
    }

    private func remark(on key: String, _ threshold: Threshold) -> String? {
        let known = BuiltInMetric.checks.tagKeys + self.ownTags.keys.sorted()
        guard !known.contains(key), let nearest = nearestName(to: key, among: known) else { return nil }
        return "\(threshold.path): no tag of the program is named \"\(key)\"; did you mean \"\(nearest)\"?"
    }
}

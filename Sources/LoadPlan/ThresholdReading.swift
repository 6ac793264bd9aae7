import JSONText
import Metrics

extension Threshold {
    /// Reads `options.thresholds`, in the order of the metrics' names.
    static func read(_ options: OptionReader) -> [Threshold] {
        guard let value = options.value("thresholds"),
            let reader = OptionReader(value, path: options.path(of: "thresholds"), problems: options.problems)
        else { return [] }
        var keys: [MetricSelector: String] = [:]
        return reader.keys.flatMap { key -> [Threshold] in
            let selector: MetricSelector
            do {
                selector = try MetricSelector(parsing: key)
            } catch {
                reader.problems.add(reader.path(of: key), nil, "\(error)")
                return []
            }
            if let other = keys.updateValue(key, forKey: selector) {
                reader.problems.add(reader.path(of: key), nil, "means the same as \"\(other)\": put both into one list")
            }
            return (reader.list(key) ?? []).compactMap { Self.read($0.value, $0.path, selector, reader.problems) }
        }
    }

    private static func read(
        _ value: JSON, _ path: String, _ selector: MetricSelector, _ problems: ProblemList
    ) -> Threshold? {
        if case .string(let text) = value {
            return Self.expression(text, path, problems).map {
                Threshold(selector: selector, expression: $0, path: path)
            }
        }
        guard case .object = value, let reader = OptionReader(value, path: path, problems: problems) else {
            problems.add(
                path, value.excerpt,
                "must be a string as \"p(95)<200\", or a table with threshold, abortOnFail and delayAbortEval")
            return nil
        }
        reader.checkKeys(["threshold", "abortOnFail", "delayAbortEval"])
        let abortOnFail = reader.bool("abortOnFail") ?? false
        let delay = reader.duration("delayAbortEval") ?? .zero
        guard reader.require("threshold", "an expression as \"p(95)<200\""), let text = reader.string("threshold"),
            let expression = Self.expression(text, reader.path(of: "threshold"), problems)
        else { return nil }
        return Threshold(
            selector: selector, expression: expression, abortOnFail: abortOnFail, delayAbortEval: delay, path: path)
    }

    private static func expression(_ text: String, _ path: String, _ problems: ProblemList) -> ThresholdExpression? {
        do {
            return try ThresholdExpression(parsing: text)
        } catch {
            problems.add(path, "\"\(text)\"", "\(error)")
            return nil
        }
    }
}

import LoadPlan
import Metrics

/// A condition on the change of a figure from one run to another, in percent of the former value:
/// `eio_time{name:join}:p(95)<10%`, `checks:rate>-1%`.
package struct ChangeThreshold: Sendable, Equatable {
    let selector: MetricSelector
    let expression: ThresholdExpression
    /// As the user wrote it.
    let text: String

    /// Nil if the text is not a metric, a colon, a figure, a comparison and a percentage.
    package init?(_ text: String) {
        // Values of tags may have the same characters: the condition is after the last brace.
        let end = text.lastIndex(of: "}").map { text.index(after: $0) } ?? text.startIndex
        guard text.hasSuffix("%"), let colon = text[end...].firstIndex(of: ":"),
            let selector = try? MetricSelector(parsing: String(text[..<colon])),
            let expression = try? ThresholdExpression(parsing: String(text[text.index(after: colon)...].dropLast()))
        else { return nil }
        (self.selector, self.expression, self.text) = (selector, expression, text)
    }
}

import JSONText
import LoadPlan
import Metrics

/// A metric or a part of one, and what it came to.
struct SummaryMetric {
    let selector: MetricSelector
    let definition: MetricDefinition
    let value: MetricValue
}

import LoadPlan

package typealias PlanSelector = MetricSelector
package typealias PlanMetricKind = MetricKind

/// The kinds of metrics that a script can make.
package enum LoadTestMetric: Sendable {
    case counter, gauge, rate, trend
}

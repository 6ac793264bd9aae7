import LoadPlan
import Metrics

/// A run without its measurements: its scripts and scenarios, and how it ended.
package struct RunDescription: Sendable, Equatable {
    package struct Scenario: Sendable, Equatable {
        package var name: String
        package var executor: String
        /// The rest of the plan in words, as "100 users for 30s".
        package var plan: String
        /// Seconds since the run's start; of executors with stages, and of users that a Locust master directs.
        package var stageEnds: [Double]

        package init(name: String, executor: String, plan: String, stageEnds: [Double] = []) {
            (self.name, self.executor, self.plan, self.stageEnds) = (name, executor, plan, stageEnds)
        }

        /// Counts the times from a start that was so many seconds earlier.
        mutating func delay(by seconds: Double) { self.stageEnds = self.stageEnds.map { $0 + seconds } }
    }

    /// A condition for a metric, and its verdict.
    package struct Threshold: Sendable, Equatable {
        package var selector: MetricSelector
        package var expression: ThresholdExpression
        /// The value at the end, in the metric's shown unit; nil where nothing was recorded.
        package var value: Double?
        package var passed: Bool
        /// The metric's; nil where it is not known, as in an export of an older version.
        package var kind: MetricKind?

        package init(
            selector: MetricSelector, expression: ThresholdExpression, value: Double? = nil, passed: Bool = true,
            kind: MetricKind? = nil
        ) {
            (self.selector, self.expression) = (selector, expression)
            (self.value, self.passed, self.kind) = (value, passed, kind)
        }

        /// Compares with what was measured in the end. A threshold without a value has failed; a counter that nothing
        /// was added to is 0.
        package mutating func evaluate(_ metrics: MetricSet, seconds: Double) {
            self.value = metrics.value(self.selector, self.expression.aggregation, seconds: seconds, kind: self.kind)
            self.passed = self.value.map(self.expression.holds(for:)) ?? false
        }
    }

    package var name: String
    package var script: String
    package var commandLine: String
    /// Scheme, host and port, as far as the command line or a Locust master names them; else empty.
    package var server = ""
    /// Version of the program.
    package var version: String
    /// Seconds since 1970.
    package var start: Double
    /// How long the run took, in seconds: what rates are a share of.
    package var seconds: Double
    package var seed: UInt64
    /// Processes whose measurements are added up here.
    package var processes = 1
    package var scenarios: [Scenario]
    package var thresholds: [Threshold]
    /// Why the run ended, in words; and the program's exit status.
    package var exitReason: String
    package var exitCode: Int
    /// How long users are to run, in seconds, if the scenarios say so by time; nil if they end with their iterations.
    package var plannedSeconds: Double?
    /// Whether it goes on: its thresholds have their present values, and there is no verdict yet.
    package var isRunning = false

    package init(
        name: String, script: String, commandLine: String, version: String = "", start: Double, seconds: Double,
        seed: UInt64, scenarios: [Scenario] = [], thresholds: [Threshold] = [], exitReason: String = "",
        exitCode: Int = 0
    ) {
        (self.name, self.script, self.commandLine, self.version) = (name, script, commandLine, version)
        (self.start, self.seconds, self.seed) = (start, seconds, seed)
        (self.scenarios, self.thresholds) = (scenarios, thresholds)
        (self.exitReason, self.exitCode) = (exitReason, exitCode)
    }
}

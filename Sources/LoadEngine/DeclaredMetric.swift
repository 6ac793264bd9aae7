import Scripting

package struct DeclaredMetric: Sendable {
    package var name: String
    package var kind: LoadTestMetric
    package var isTime: Bool
}

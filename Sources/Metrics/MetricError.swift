/// A metric that cannot be had, with the reason for the person who named it.
package struct MetricError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

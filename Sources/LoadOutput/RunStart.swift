import LoadReport

/// A run that begins, for outputs that show it before its first second or can end it.
package struct RunStart: Sendable {
    /// The run without measurements.
    package let description: RunDescription
    /// Ends the run as Ctrl-C does, for this reason.
    package let stop: @Sendable (String) -> Void

    package init(_ description: RunDescription, stop: @escaping @Sendable (String) -> Void) {
        (self.description, self.stop) = (description, stop)
    }
}

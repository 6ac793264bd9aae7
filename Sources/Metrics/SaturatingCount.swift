extension UInt64 {
    /// Adds, and stays at the greatest number where the sum is past it: counts come from files, too.
    package mutating func addUpToTheMost(_ other: UInt64) {
        let (sum, isTooLarge) = self.addingReportingOverflow(other)
        self = isTooLarge ? .max : sum
    }
}

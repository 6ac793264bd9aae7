extension RunResult {
    /// Errors and failing thresholds so far, after the line of a run that goes on: `, 12 errors, 1 of 3 thresholds
    /// failing`. Empty without any.
    package var troubles: String {
        let errors = LiveFigures(self).errors
        let thresholds = self.run.thresholds
        let failing = thresholds.count { $0.value != nil && !$0.passed }
        return (errors > 0 ? ", \(errors) \(errors == 1 ? "error" : "errors")" : "")
            + (failing > 0 ? ", \(failing) of \(thresholds.count) thresholds failing" : "")
    }
}

import LoadReport
import ProcessSupport

/// One `--out`: a format and a file.
package struct OutputTarget: Sendable, Equatable {
    package var format: SampleEncoder.Format
    package var path: String

    package init(parsing text: String) throws(UsageError) {
        // k6's name for its page.
        if text.prefix(while: { $0 != "=" }) == "web-dashboard" {
            throw UsageError("the page of a run is not an output of samples: use --web [HOST]:PORT")
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let format = SampleEncoder.Format(rawValue: String(parts[0])), !parts[1].isEmpty else {
            throw UsageError("it must be json=FILE or csv=FILE")
        }
        (self.format, self.path) = (format, String(parts[1]))
    }
}

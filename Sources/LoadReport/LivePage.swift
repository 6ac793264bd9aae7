import JSONText

/// The report of a run that goes on, as a page that follows it.
package struct LivePage {
    private var result: RunResult?

    /// The version of the state that ``html(stopPath:)`` shows: a page begins its stream with it.
    package private(set) var version = 0

    package init() {}

    /// The content security policy of the page, for the header.
    package static let contentSecurityPolicy = [
        "default-src 'none'", "img-src data:", "style-src 'unsafe-inline'", "script-src 'unsafe-inline'",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// Renders the state of a run now. Costs; the caller decides how often.
    package mutating func update(_ result: RunResult) {
        self.result = result
        self.version += 1
    }

    /// The whole page for a browser that comes now, with the state of the last update.
    ///
    /// - Parameter stopPath: where a POST stops the run, with the token; nil: the page has no stop button.
    package func html(stopPath: String?) -> String {
        let button = stopPath.map { "<button onclick=\"fetch('\($0)', {method: 'POST'})\">Stop the run</button>\n" }
        return (self.result.map { HTMLReport($0).text } ?? "") + (button ?? "")
    }

    /// The changes after this version (0: everything) as one line of JSON, and the version that they lead to.
    ///
    /// - Returns: nil for nothing.
    package func changes(since version: Int) -> (version: Int, text: String)? {
        guard version < self.version, let result else { return nil }
        let sentence = HTMLText.escape(ReportVerdict(result).sentence)
        let json: JSON = .object(["isRunning": .bool(result.run.isRunning), "verdict": .string(sentence)])
        return (self.version, json.text())
    }
}

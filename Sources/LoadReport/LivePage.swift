import JSONText

/// The report's page while its run goes on: the whole page for a browser that comes, and for one that has it what has
/// changed since.
///
/// The page has the sections of the report. Their lines are drawn by its script, from values of which each change has
/// only the new ones. After the end, everything is as in the report.
package struct LivePage {
    /// Differs from that of every other run, whose page may still look for its server.
    private let run = String(UInt64.random(in: .min ... .max), radix: 16)
    private var result: RunResult?
    private var sections: [ReportSection] = []
    /// The version in which a section was last another one, by its id.
    private var sectionVersions: [String: Int] = [:]
    private var data: PlotData?
    /// The version in which the plots were last others, or had other points.
    private var dataVersion = 0
    /// The versions in which the points became what they are; in their order, none is less than the one before.
    private var pointVersions: [Int] = []
    /// The state that `html` shows: 0 before the first update.
    package private(set) var version = 0

    package init() {}

    /// Renders the state of a run. The time that this takes grows with the run and its names.
    package mutating func update(_ result: RunResult) {
        let report = HTMLReport(result, isDrawn: !result.run.isRunning)
        let next = self.version + 1
        var hasChanged = self.take(report.sections, next)
        let data = result.run.isRunning ? report.plots.liveData : report.plots.data
        if self.take(data, next, isWhole: result.run.isRunning != self.result?.run.isRunning) { hasChanged = true }
        self.result = result
        if hasChanged { self.version = next }
    }

    private mutating func take(_ sections: [ReportSection], _ version: Int) -> Bool {
        let known = Dictionary(uniqueKeysWithValues: self.sections.map { ($0.id, $0.html) })
        let changed = sections.filter { known[$0.id] != $0.html }
        let hasChanged = !changed.isEmpty || sections.map(\.id) != self.sections.map(\.id)
        for section in changed { self.sectionVersions[section.id] = version }
        self.sections = sections
        return hasChanged
    }

    /// - Parameter isWhole: whether none of the earlier points stays.
    private mutating func take(_ data: PlotData, _ version: Int, isWhole: Bool) -> Bool {
        let common = isWhole ? 0 : self.data.map(data.pointsInCommon(with:)) ?? 0
        let hasChanged = isWhole || common < Swift.max(data.times.count, self.pointVersions.count)
        self.pointVersions.replaceSubrange(
            common..., with: repeatElement(version, count: data.times.count - common))
        self.data = data
        if hasChanged { self.dataVersion = version }
        return hasChanged
    }

    /// The changes after a state, as one line of JSON, and the version to which they lead; nil if there are none.
    ///
    /// - Parameter version: that of the state; 0 is the state before the first update. A version that is yet to come is
    ///   that of another run, whose page gets everything.
    package func changes(since version: Int) -> (version: Int, text: String)? {
        let version = version > self.version ? 0 : version
        guard version < self.version, let result, let data else { return nil }
        let verdict = ReportVerdict(result)
        let changed = self.sections.filter { self.sectionVersions[$0.id]! > version }
        var members: [JSON.Member] = [
            .init(key: "run", value: .string(self.run)),
            .init(key: "isRunning", value: .bool(result.run.isRunning)),
            .init(key: "title", value: .string(Self.title(result))),
            .init(key: "state", value: .string(verdict.state)),
            .init(key: "order", value: .strings(self.sections.map(\.id))),
            .init(key: "sections", value: .object(changed.map { .init(key: $0.id, value: .string($0.html)) })),
        ]
        if self.dataVersion > version {
            let first = self.pointVersions.firstIndex { $0 > version } ?? self.pointVersions.count
            members.append(.init(key: "data", value: data.json(from: first)))
        }
        return (self.version, JSON.object(members).text(isForHTML: false))
    }

    /// The whole page, which follows the run by the stream `events?since=` and the version.
    ///
    /// - Parameter stopPath: where a POST stops the run, with the token; nil: the page has no stop button.
    package func html(stopPath: String?) -> String {
        let report = self.result.map { HTMLReport($0, isDrawn: true) }
        let data = self.data.map(\.html) ?? ""
        let start: JSON = .object([
            "run": .string(self.run), "version": .integer(self.version),
            "isRunning": .bool(self.result?.run.isRunning ?? true), "stop": stopPath.map(JSON.string) ?? .null,
        ])
        return HTMLReport.page(
            title: self.result.map(Self.title) ?? "load test",
            body: Self.bar + (report?.sections.map(\.html).joined() ?? Self.placeholder),
            scripts: """
                \(data)<script type="application/json" id="live">\(start.text())</script>
                <script nonce="\(Self.nonce)">
                \(PageFiles.liveScript)</script>

                """,
            style: PageFiles.css + PageFiles.liveStyle, policy: Self.policy)
    }

    /// The policy of the page: its script may ask its own server, and no other script runs.
    package static var contentSecurityPolicy: String { Self.policy + "; frame-ancestors 'none'" }

    private static let policy = [
        "default-src 'none'", "script-src 'nonce-\(Self.nonce)'", "style-src 'unsafe-inline'", "connect-src 'self'",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")

    /// Known to the pages of this process only.
    private static let nonce = (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 16) }.joined()

    /// That of the report, after the word that a reader of many pages looks for.
    private static func title(_ result: RunResult) -> String {
        "\(ReportVerdict(result).word): \(result.run.name)"
    }

    private static let placeholder = """
        <header id="verdict">
        <h1>Load test</h1>
        <p class="verdict">The run is about to start.</p>
        </header>

        """

    /// The state of the connection, and the two things that a reader can do; the script fills it.
    private static let bar = """
        <div class="run-bar" data-state="none">
        <p><i></i><span id="connection"></span></p>
        <noscript>The state of a moment. Without JavaScript this page does not follow the run; reload it for new \
        figures.</noscript>
        <a class="button" id="save" href="report.html" download>Save as report</a>
        <button type="button" id="stop" hidden>Stop the run</button>
        <p class="spoken" id="state" aria-live="polite"></p>
        </div>
        <dialog id="question" aria-labelledby="question-title">
        <h2 id="question-title">Stop the run?</h2>
        <p>It ends as with Ctrl-C: running iterations have their gracefulStop, then users disconnect.</p>
        <button type="button" id="go-on">Go on</button>
        <button type="button" id="stop-now" class="danger">Stop the run</button>
        </dialog>

        """
}

import JSONText

/// The facts about a script that are known when its chunk has run for its options.
package struct ScriptFacts: Equatable, Sendable {
    /// Global functions that a load test could call.
    package var functions: Set<String>
    /// Global variables that scenarios name as functions, and that are something else.
    package var otherGlobals: Set<String>
    /// Whether there is a global `options`.
    package var hasOptions: Bool
    /// Where the chunk would wait or connect, such as `bot.lua:12 (eio.sleep)`; nil where it came to its end.
    package var waitsAt: String?
    /// Whether the chunk leaves something that goes on after its end.
    package var startsTasks: Bool
    package var outline: ScriptOutline

    package init(
        functions: Set<String> = [], otherGlobals: Set<String> = [], hasOptions: Bool = false, waitsAt: String? = nil,
        startsTasks: Bool = false, outline: ScriptOutline = ScriptOutline()
    ) {
        (self.functions, self.otherGlobals, self.hasOptions) = (functions, otherGlobals, hasOptions)
        (self.waitsAt, self.startsTasks, self.outline) = (waitsAt, startsTasks, outline)
    }

    /// The functions that a load test calls.
    static let hooks = ["setup", "teardown", "handleSummary"]

    /// Whether the chunk ends at once and starts nothing. As an iteration, such a script would run thousands of times a
    /// second.
    var isIdle: Bool { self.waitsAt == nil && !self.startsTasks }

    /// Why a function cannot be called, and what may be meant.
    func absence(of name: String) -> String {
        if let waitsAt, let later = self.outline.globalFunction(name) {
            return "the script waits at \(waitsAt) before '\(name)' is defined in line \(later.line): "
                + "a script with such a function connects and waits in it, or in 'setup'"
        }
        if let local = self.outline.localFunction(name) {
            return "'\(name)' is a local function (line \(local.line)), which a load test does not see: "
                + "write \"function \(name)(\" without \"local\""
        }
        if self.otherGlobals.contains(name) { return "the script's '\(name)' is not a function" }
        let known = self.outline.functions.filter { !$0.isLocal && self.functions.contains($0.name) }
        let nearest = nearestName(to: name, among: known.map(\.name)).flatMap(self.outline.globalFunction)
        return "the script has no function '\(name)'"
            + (nearest.map { "; did you mean '\($0.name)' (line \($0.line))?" } ?? "")
    }
}

import CommandLineParser
import ProcessSupport
import ScriptProcess

/// `--trace` of the commands that run a script as users.
struct TraceOptions: ParsableArguments {
    @Flag(help: "Show each packet, one line each, on the standard error.")
    var trace = false

    @Option(help: "text or json, one JSON object a line. (default: text)")
    var traceFormat: String?

    @Option(help: "Write the trace to this file instead.")
    var traceFile: String?

    /// Whether packets are to be traced.
    var isGiven: Bool { self.trace || self.traceFormat != nil || self.traceFile != nil }

    /// The tracer, or nil where nothing is to be traced.
    ///
    /// - Parameter always: also if it is not given.
    func open(always: Bool = false) throws -> TraceOutput? {
        do {
            var target = TraceTarget(isOn: always || self.isGiven, path: self.traceFile)
            if let traceFormat { target.format = try TraceTarget.format(named: traceFormat) }
            return try target.open()
        } catch {
            throw ValidationError(error.description)
        }
    }
}

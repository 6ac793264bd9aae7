/// The shape of a script: its chunk is the iteration, or a function is.
package enum ScriptShape: Sendable {
    case bot, scenario

    /// k6 waits 30 s for a running iteration. A bot's iteration is its whole life, which nothing ends but the stop.
    package var defaultGracefulStop: Duration { self == .bot ? .zero : .seconds(2) }
}

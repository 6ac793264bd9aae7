/// What a script is: its chunk the iteration, or a function of it.
package enum ScriptShape: Sendable {
    case bot, scenario

    /// k6 waits 30 s for a running iteration. A bot's iteration is its whole life, which nothing ends but the stop.
    package var defaultGracefulStop: Duration { self == .bot ? .zero : .seconds(2) }
}

/// An error that no part of the script caught.
package struct UncaughtError {
    /// The part of the script that it ended.
    package enum Part: String, Sendable {
        /// The main chunk, or the function of an iteration.
        case iteration
        case handler
        case task
    }

    package var part: Part
    /// It is a failed connect that the session's meter has counted.
    package var isMeasured: Bool
    /// Such as `'message' handler (registered at bot.lua:12)`.
    package var place: String
    /// Such as `bot.lua:31: attempt to index a nil value (local 'x')`.
    package var message: String
    package var traceback: String
}

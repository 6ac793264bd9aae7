import EngineIO
import EngineIOClient
import NIOCore

/// What a script's clients do without having been told by the script.
package struct ClientDefaults: Sendable {
    /// Who is shown their packets.
    package var trace: TracedUser?

    package init() {}
}

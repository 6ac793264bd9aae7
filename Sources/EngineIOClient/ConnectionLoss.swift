import EngineIO

/// How the connection of a websocket ended.
struct ConnectionLoss {
    /// The error that came before the end.
    var error: (any Error)?
    /// Set once the connection is gone, while frames that came before are read.
    var detail: DisconnectDetail?
}

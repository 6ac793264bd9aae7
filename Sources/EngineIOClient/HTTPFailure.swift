import EngineIO

/// Why there is no answer.
struct HTTPFailure: Error {
    var error: ConnectionError
    var cause: DisconnectDetail.Cause
    /// Whether the server closed the connection in order, before anything of the answer had arrived: an idempotent request
    /// can be repeated.
    var isSilent = false
    /// The server cannot have read the whole request: any may be repeated.
    var isUnread = false
}

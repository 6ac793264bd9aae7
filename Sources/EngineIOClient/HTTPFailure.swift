import EngineIO

/// The reason why there is no answer.
struct HTTPFailure: Error {
    var error: ConnectionError
    var cause: DisconnectDetail.Cause
    /// Whether the server closed the connection in order, before anything of the answer had arrived, so that an
    /// idempotent request can be repeated.
    var isSilent = false
    /// Whether the server cannot have read the whole request, so that any request may be repeated.
    var isUnread = false
}

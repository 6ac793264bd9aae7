import EngineIO

/// An answer to a poll that is read in turns of the loop.
struct PolledBody {
    /// The rest of it.
    var payload: UnreadPayload?
    /// A turn reads from it.
    var isBeingRead = false
    var isTurnDue = false
}

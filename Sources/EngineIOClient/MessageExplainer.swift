import EngineIO

/// Explains the messages of one session to a person, in the terms of the protocol that is spoken over Engine.IO.
package protocol MessageExplainer: AnyObject {
    /// Explains the next message of a direction for the trace; nil if it is not one of the protocol.
    ///
    /// - Parameter limit: how much of the message's data is shown, in bytes.
    func explain(
        _ direction: TraceEvent.Direction, _ kind: MessageKind, _ data: UnsafeRawBufferPointer, limit: Int
    ) -> MessageExplanation?
    /// A message with a secret as it may be shown; nil for any other message.
    func masked(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) -> String?
}

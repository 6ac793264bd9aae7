/// A message that the user sends.
package enum OutgoingMessage: Equatable, Sendable {
    case text(String)
    case bytes([UInt8])
    case event(OutgoingEvent)
}

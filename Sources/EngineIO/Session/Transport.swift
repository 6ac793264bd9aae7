/// A transport of Engine.IO.
public enum Transport: String, Sendable, CaseIterable, CustomStringConvertible {
    case polling
    case websocket

    public var description: String { self.rawValue }
}

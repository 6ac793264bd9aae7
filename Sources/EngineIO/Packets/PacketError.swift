/// Why a payload or packet cannot be read.
public struct PacketError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

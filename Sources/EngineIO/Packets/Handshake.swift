import JSONText

/// The content of the server's open packet (Engine.IO protocol 4, "Handshake").
public struct Handshake: Sendable, Equatable {
    public var sid: String
    /// The transports that the server offers to upgrade to; empty where the member is missing.
    public var upgrades: [String]
    /// Milliseconds between two pings of the server.
    public var pingInterval: Int
    /// Milliseconds after a ping was due before the connection counts as dead.
    public var pingTimeout: Int
    /// The most bytes that a payload to the server may have; nil for servers that do not say.
    public var maxPayload: Int?

    public init(sid: String, upgrades: [String], pingInterval: Int, pingTimeout: Int, maxPayload: Int?) {
        self.sid = sid
        self.upgrades = upgrades
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        self.maxPayload = maxPayload
    }

    /// A day: no server pings less often, and the sum of two such times cannot overflow.
    private static let longest = 86_400_000

    /// Reads the data of an open packet. Unknown members are passed over; numbers may be written as strings.
    ///
    /// - Throws: ``PacketError`` that names the member that is missing or wrong.
    public init(openPacketData data: some Sequence<UInt8>) throws(PacketError) {
        guard let json = JSON(parsing: data, leniently: true), json.members != nil else {
            throw PacketError("the OPEN packet's data is not a JSON object")
        }
        guard let sid = json["sid"]?.string, !sid.isEmpty else {
            throw PacketError("the OPEN packet has no \"sid\" that is a string")
        }
        self.sid = sid
        self.upgrades = try Self.names(json["upgrades"] ?? .null)
        self.pingInterval = try Self.milliseconds("pingInterval", in: json)
        self.pingTimeout = try Self.milliseconds("pingTimeout", in: json)
        self.maxPayload = Self.integer(json["maxPayload"]).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func names(_ json: JSON) throws(PacketError) -> [String] {
        if json == .null { return [] }
        let names = json.array?.compactMap(\.string)
        guard let names, names.count == json.array?.count else {
            throw PacketError("the OPEN packet's \"upgrades\" is not a list of strings")
        }
        return names
    }

    private static func integer(_ json: JSON?) -> Int? {
        switch json {
        case .integer(let integer): integer
        case .number(let number): Int(exactly: number.rounded())
        case .string(let text): Int(text) ?? Double(text).flatMap { Int(exactly: $0.rounded()) }
        default: nil
        }
    }

    private static func milliseconds(_ name: String, in json: JSON) throws(PacketError) -> Int {
        guard let value = self.integer(json[name]), value >= 0, value <= self.longest else {
            throw PacketError("the OPEN packet has no \"\(name)\" in milliseconds")
        }
        return value
    }
}

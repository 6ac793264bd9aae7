import Glibc
import LoadPlan
import NIOCore

/// `--local-ips`: addresses of this machine that users come from.
package enum LocalAddresses {
    /// How many there may be: each has tens of thousands of ports.
    private static let limit = 65_536

    /// - Parameter text: addresses, ranges `10.0.0.5-10.0.0.9` and blocks `10.0.0.0/28`, separated by commas. From a
    ///   block, only the addresses of this machine are taken, starting with the written one.
    /// - Returns: the addresses, with port 0.
    package static func parse(_ text: String) throws(OptionErrors) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part).filter { $0 != " " }
            do throws(Problem) {
                addresses += try Self.addresses(of: name)
                if addresses.count > Self.limit { throw Problem("more than \(Self.limit) addresses") }
            } catch {
                throw OptionErrors([
                    OptionProblem(path: "--local-ips", value: "\"\(name)\"", message: error.message)
                ])
            }
        }
        return addresses
    }

    private struct Problem: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    private static func addresses(of text: String) throws(Problem) -> [SocketAddress] {
        if let slash = text.firstIndex(of: "/") {
            return try Self.block(from: try Self.address(text[..<slash]), prefix: text[text.index(after: slash)...])
        }
        guard let dash = text.firstIndex(of: "-") else {
            let address = try Self.address(text[...])
            return [try Self.own(address)]
        }
        let first = try Self.address(text[..<dash])
        let last = try Self.address(text[text.index(after: dash)...])
        guard first.isV6 == last.isV6, first.number <= last.number else {
            throw Problem("a range goes from an address to a higher one of the same family")
        }
        var addresses: [SocketAddress] = []
        for address in try Self.all(from: first, to: last.number) { addresses.append(try Self.own(address)) }
        return addresses
    }

    private static func block(from first: IPAddress, prefix text: Substring) throws(Problem) -> [SocketAddress] {
        let bits = first.isV6 ? 128 : 32
        guard let prefix = Int(text), (0...bits).contains(prefix) else {
            throw Problem("the prefix behind \"/\" must be from 0 to \(bits)")
        }
        let hosts: UInt128 = prefix == 0 && first.isV6 ? .max : (1 << UInt128(bits - prefix)) - 1
        let own = try Self.all(from: first, to: first.number | hosts).filter(\.isOfThisMachine)
        if own.isEmpty { throw Problem("this machine has no address in it (ip addr lists those that it has)") }
        return own.map(\.socketAddress)
    }

    private static func all(from first: IPAddress, to last: UInt128) throws(Problem) -> [IPAddress] {
        guard last - first.number < UInt128(Self.limit) else { throw Problem("more than \(Self.limit) addresses") }
        return (first.number...last).map { IPAddress(isV6: first.isV6, number: $0) }
    }

    private static func address(_ text: Substring) throws(Problem) -> IPAddress {
        guard let address = IPAddress(String(text)) else { throw Problem("\"\(text)\" is not a valid IP address") }
        return address
    }

    private static func own(_ address: IPAddress) throws(Problem) -> SocketAddress {
        let socketAddress = address.socketAddress
        guard address.isOfThisMachine else {
            let name = socketAddress.ipAddress ?? ""
            throw Problem("\(name) is not an address of this machine (ip addr lists those that it has)")
        }
        return socketAddress
    }
}

/// An address as a number, to count from.
private struct IPAddress {
    let isV6: Bool
    let number: UInt128

    init(isV6: Bool, number: UInt128) {
        self.isV6 = isV6
        self.number = number
    }

    init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.isV6 = false
            bytes.removeLast(12)
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.isV6 = true
        } else {
            return nil
        }
        self.number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    var socketAddress: SocketAddress {
        let length = self.isV6 ? 16 : 4
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: self.number >> UInt128(8 * (length - 1 - $0))) }
        guard let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0) else {
            preconditionFailure("four or sixteen bytes are an address")
        }
        return address
    }

    /// Whether this machine has the address. A datagram socket can be connected from an address of the machine to
    /// itself, but not from a broadcast address, although a socket can be bound to that. Nothing is sent.
    var isOfThisMachine: Bool {
        guard self.number != 0 else { return false }
        let descriptor = socket(self.isV6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return self.socketAddress.withSockAddr { address, length in
            bind(descriptor, address, socklen_t(length)) == 0
        } && self.discard.withSockAddr { address, length in connect(descriptor, address, socklen_t(length)) == 0 }
    }

    private var discard: SocketAddress {
        var address = self.socketAddress
        address.port = 9
        return address
    }
}

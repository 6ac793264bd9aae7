/// The value of a `Host` header (RFC 9110, section 7.2).
package struct HostHeader: Equatable {
    /// In lower case, an IPv6 address without its brackets, without the final dot of a name.
    package var name: String
    package var port: Int?

    /// - Parameter text: a name or an address, with a port or without; nil for anything else.
    package init?(_ text: String) {
        var name = Substring(text)
        var port: Substring?
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = rest.dropFirst()
            }
            name = name[..<end].dropFirst()
        } else if let colon = name.firstIndex(of: ":") {
            port = name[name.index(after: colon)...]
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._:%".utf8.contains(byte)
        }
        guard !name.isEmpty, isPlain else { return nil }
        self.name = name.lowercased()
        guard let port, !port.isEmpty else { return }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else { return nil }
        self.port = Int(number)
    }
}

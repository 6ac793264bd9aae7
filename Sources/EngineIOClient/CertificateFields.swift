/// The few fields of a certificate that are read here (RFC 5280, section 4.1). The TLS library checks signatures and
/// chains, and reports only that a certificate was refused.
struct CertificateFields {
    /// Whether the issuer's name is the subject's own.
    private(set) var isSelfIssued = false
    /// nil where it does not say.
    private(set) var isAuthority: Bool?
    /// The host names and addresses that it is for, as text.
    private(set) var hosts: [String] = []
    /// Whether its extended key usage, where it has one, lets it be a server's.
    private(set) var isForServers = true

    private static let sequence: UInt8 = 0x30
    private static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]
    private static let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
    private static let extendedKeyUsage: [UInt8] = [0x55, 0x1D, 0x25]
    private static let anyUsage: [UInt8] = [0x55, 0x1D, 0x25, 0x00]
    private static let serverAuthentication: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]

    /// nil where the bytes are not a certificate.
    init?(der bytes: [UInt8]) {
        var outer = DERReader(bytes[...])
        guard var certificate = outer.element(Self.sequence).map(DERReader.init),
            var fields = certificate.element(Self.sequence).map(DERReader.init)
        else { return nil }
        _ = fields.element(0xA0)  // version
        _ = fields.element()  // serial number
        _ = fields.element()  // signature algorithm
        guard let issuer = fields.element() else { return nil }
        _ = fields.element()  // validity
        guard let subject = fields.element() else { return nil }
        self.isSelfIssued = issuer == subject
        while let tag = fields.tag, let contents = fields.element() {
            if tag == 0xA3 { self.readExtensions(contents) }
        }
    }

    private mutating func readExtensions(_ bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        guard var list = outer.element(Self.sequence).map(DERReader.init) else { return }
        while var one = list.element(Self.sequence).map(DERReader.init) {
            guard let identifier = one.element(0x06) else { continue }
            _ = one.element(0x01)  // critical
            guard let value = one.element(0x04) else { continue }
            var reader = DERReader(value)
            guard let contents = reader.element(Self.sequence) else { continue }
            switch Array(identifier) {
            case Self.subjectAlternativeName: self.hosts = Self.hosts(DERReader(contents))
            case Self.basicConstraints:
                var constraints = DERReader(contents)
                self.isAuthority = constraints.element(0x01).map { $0.first != 0 } ?? false
            case Self.extendedKeyUsage: self.isForServers = Self.allowsServers(DERReader(contents))
            default: break
            }
        }
    }

    private static func hosts(_ names: DERReader) -> [String] {
        var names = names
        var hosts: [String] = []
        while let tag = names.tag, let name = names.element() {
            switch (tag, name.count) {
            case (0x82, _): hosts.append(String(decoding: name, as: UTF8.self))
            case (0x87, 4): hosts.append(name.map(String.init).joined(separator: "."))
            case (0x87, 16):
                let groups = name.indices.filter { ($0 - name.startIndex) % 2 == 0 }
                let words = groups.map { Int(name[$0]) << 8 | Int(name[$0 + 1]) }
                hosts.append(words.map { String($0, radix: 16) }.joined(separator: ":"))
            default: break
            }
        }
        return hosts
    }

    private static func allowsServers(_ usages: DERReader) -> Bool {
        var usages = usages
        while let usage = usages.element() {
            if Array(usage) == self.serverAuthentication || Array(usage) == self.anyUsage { return true }
        }
        return false
    }
}

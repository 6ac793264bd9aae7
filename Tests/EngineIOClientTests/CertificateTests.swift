import NIOSSL
import Testing

@testable import EngineIOClient

/// The fields of certificates, and files of certificates. Real ones, and their use, are in the integration tests.
struct CertificateTests {
    /// An element of DER.
    private static func der(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
        let contents = parts.flatMap { $0 }
        let length =
            contents.count < 128
            ? [UInt8(contents.count)] : [0x82, UInt8(contents.count >> 8), UInt8(contents.count & 0xFF)]
        return [tag] + length + contents
    }

    private static func name(_ text: String) -> [UInt8] { self.der(0x30, Array(text.utf8)) }

    private static func field(_ identifier: [UInt8], critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        self.der(0x30, self.der(0x06, identifier), critical ? self.der(0x01, [0xFF]) : [], self.der(0x04, value))
    }

    private static func certificate(issuer: String = "root", extensions: [UInt8]? = nil) -> [UInt8] {
        let fields =
            self.der(0xA0, self.der(0x02, [2])) + self.der(0x02, [1]) + self.der(0x30) + self.name(issuer)
            + self.der(0x30) + self.name("server") + self.der(0x30)
        return self.der(0x30, self.der(0x30, fields, extensions.map { self.der(0xA3, self.der(0x30, $0)) } ?? []))
    }

    private static let names = field(
        [0x55, 0x1D, 0x11],
        der(
            0x30, der(0x82, Array("a.example".utf8)), der(0x81, Array("a@b".utf8)), der(0x87, [127, 0, 0, 1]),
            der(0x87, [UInt8](repeating: 0, count: 15) + [1])))

    @Test func issuerAndSubjectAreCompared() {
        #expect(CertificateFields(der: Self.certificate(issuer: "server"))?.isSelfIssued == true)
        #expect(CertificateFields(der: Self.certificate())?.isSelfIssued == false)
    }

    @Test func hostsAreNamesAndAddresses() {
        let fields = CertificateFields(der: Self.certificate(extensions: Self.names))
        #expect(fields?.hosts == ["a.example", "127.0.0.1", "0:0:0:0:0:0:0:1"])
        #expect(CertificateFields(der: Self.certificate())?.hosts == [])
    }

    @Test(arguments: [([0x30, 3, 1, 1, 0xFF], true), ([0x30, 3, 1, 1, 0], false), ([0x30, 0], false), (nil, nil)])
    func basicConstraintsSayWhetherItIsAnAuthority(value: [UInt8]?, isAuthority: Bool?) {
        let extensions = value.map { Self.field([0x55, 0x1D, 0x13], critical: true, $0) }
        #expect(CertificateFields(der: Self.certificate(extensions: extensions))?.isAuthority == isAuthority)
    }

    @Test func extendedKeyUsageSaysWhetherItIsForServers() {
        let server: [UInt8] = [0x2B, 6, 1, 5, 5, 7, 3, 1]
        let client: [UInt8] = [0x2B, 6, 1, 5, 5, 7, 3, 2]
        for (usages, expected) in [([client], false), ([client, server], true), ([[0x55, 0x1D, 0x25, 0]], true)] {
            let list = Self.field([0x55, 0x1D, 0x25], Self.der(0x30, usages.flatMap { Self.der(0x06, $0) }))
            #expect(CertificateFields(der: Self.certificate(extensions: list))?.isForServers == expected)
        }
        #expect(CertificateFields(der: Self.certificate())?.isForServers == true)
    }

    /// Cut anywhere, and with any byte changed, it is read or not, and nothing else happens.
    @Test func damagedBytesAreReadWithoutHarm() {
        let whole = Self.certificate(extensions: Self.names)
        for length in 0..<whole.count { _ = CertificateFields(der: Array(whole.prefix(length))) }
        for index in whole.indices {
            for byte: UInt8 in [0, 0x30, 0x7F, 0x80, 0x81, 0x84, 0x85, 0xFF] {
                var changed = whole
                changed[index] = byte
                _ = CertificateFields(der: changed)
            }
        }
        #expect(CertificateFields(der: []) == nil)
        #expect(CertificateFields(der: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    }

    @Test(arguments: [
        ("", "it is empty"), ("\u{FEFF}", "it is empty"), ("hello", "it has no certificate in PEM form"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "it has no certificate in PEM form"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate in it is damaged"),
        ("x -----BEGIN CERTIFICATE-----\n", "it has no certificate in PEM form"),
    ])
    func filesWithoutCertificatesAreExplained(text: String, reason: String) {
        let problem = #expect(throws: AuthoritiesFile.Problem.self) { try AuthoritiesFile(Array(text.utf8)) }
        #expect(problem?.reason.hasPrefix(reason) == true)
    }

    @Test func filesHaveALimit() {
        let problem = #expect(throws: AuthoritiesFile.Problem.self) { try AuthoritiesFile(path: "/dev/zero") }
        #expect(problem?.reason == "it is larger than 16 MiB")
    }
}

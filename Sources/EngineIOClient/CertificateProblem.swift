import Glibc
import NIOSSL

/// Why a server's certificate was refused, in words.
struct CertificateProblem: Error, Equatable {
    /// Follows "the TLS handshake failed: ".
    let reason: String

    private init(_ reason: String) { self.reason = reason }

    private init(unverified reason: String) { self.init("the certificate could not be verified: \(reason)") }

    /// The certificate cannot be read.
    static let unreadable = Self(unverified: "it is damaged")

    /// Browsers have refused such certificates since 2017; RFC 9525 (section 2) forbids the use of that name.
    static let nameInCommonNameOnly = Self(
        unverified: "it has no subject alternative name; a host name in its common name (CN) alone does not count")

    /// - Parameter hosts: those that the certificate is for.
    static func anotherHost(_ hosts: [String]) -> Self {
        let shown = hosts.prefix(4).map { Self.shown($0) }.joined(separator: ", ")
        return Self("the certificate is for another host (\(shown)\(hosts.count > 4 ? ", …" : ""))")
    }

    /// The period in which a certificate is not valid at `now`; nil where it is valid.
    ///
    /// - Parameter subject: the words for the certificate.
    static func time(_ certificate: NIOSSLCertificate, _ subject: String, now: time_t) -> Self? {
        let end = certificate.notValidAfter
        if end < now { return Self(unverified: "\(subject) has expired (on \(Self.day(end)))") }
        let start = certificate.notValidBefore
        if start > now { return Self(unverified: "\(subject) is not valid yet (from \(Self.day(start)) on)") }
        return nil
    }

    /// The problem with a chain of certificates.
    ///
    /// - Parameters:
    ///   - certificate: where the library gave up; it does not say why.
    ///   - isLeaf: whether that is the server's own certificate.
    ///   - option: the user's name of the option that makes certificates trusted.
    static func chain(_ certificate: NIOSSLCertificate, isLeaf: Bool, option: String, now: time_t) -> Self {
        let name = Self.name(certificate.subjectName)
        if let problem = Self.time(certificate, isLeaf ? "it" : "the certificate of its authority \(name)", now: now) {
            return problem
        }
        let advice = "a private authority's certificate can be given as \(option)"
        guard let bytes = try? certificate.toDERBytes(), let fields = CertificateFields(der: bytes) else {
            return .unreadable
        }
        if fields.isSelfIssued {
            return isLeaf
                ? Self(unverified: "it is self-signed (it can be given as \(option))")
                : Self(unverified: "its authority \(name) is unknown (\(advice))")
        }
        if isLeaf, !fields.isForServers {
            return Self(unverified: "its extended key usage does not allow it to be a server's")
        }
        if !isLeaf, fields.isAuthority != true {
            return Self(unverified: "the certificate of its issuer \(name) is not an authority's")
        }
        let issuer = Self.name(certificate.issuerName)
        return Self(
            unverified:
                "no trusted authority stands behind its issuer \(issuer): that issuer is unknown, or the server "
                + "does not send all certificates in between (\(advice))")
    }

    private static func name(_ parts: [SSLCertificateName]) -> String {
        let part = parts.last { $0.type == .commonName } ?? parts.last
        return part.map { "\"\(Self.shown($0.value))\"" } ?? "without a name"
    }

    /// A server chooses the names: what reaches a terminal is printable and short.
    private static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(64) {
            let isPlain = scalar.isASCII ? (0x20..<0x7F).contains(scalar.value) : scalar.properties.isAlphabetic
            shown.unicodeScalars.append(isPlain ? scalar : "?")
        }
        return text.unicodeScalars.count > 64 ? shown + "…" : shown
    }

    private static func day(_ time: time_t) -> String {
        var (time, parts) = (time, tm())
        gmtime_r(&time, &parts)
        let (month, day) = (parts.tm_mon + 1, parts.tm_mday)
        return "\(parts.tm_year + 1900)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

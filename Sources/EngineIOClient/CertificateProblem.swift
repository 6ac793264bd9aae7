import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a certificate was refused. The library below says only that it was; the certificate itself tells the rest.
enum CertificateProblem {
    /// What is wrong with the certificate that the peer of this connection has shown, or nil where there is none.
    static func find(in pipeline: ChannelPipeline) -> String? {
        guard let handler = try? pipeline.syncOperations.handler(type: NIOSSLClientHandler.self),
            let certificate = handler.peerCertificate
        else { return nil }
        let now = time(nil)
        if certificate.notValidAfter < now { return "it has expired" }
        if certificate.notValidBefore > now { return "it is not valid yet" }
        if certificate.isSelfSigned { return "it is self-signed" }
        return "its authority is unknown (a private one can be given as ca_file)"
    }
}

extension NIOSSLCertificate {
    /// Whether the issuer's name is the subject's own: both stand in the DER right after each other's neighbours.
    fileprivate var isSelfSigned: Bool {
        guard let bytes = try? self.toDERBytes() else { return false }
        return DERCertificate(bytes)?.isSelfIssued ?? false
    }
}

/// The few fields of a certificate that are looked at (RFC 5280, section 4.1).
private struct DERCertificate {
    let isSelfIssued: Bool

    init?(_ bytes: [UInt8]) {
        var outer = DERReader(bytes[...])
        guard var certificate = outer.element().map(DERReader.init),
            var fields = certificate.element().map(DERReader.init)
        else { return nil }
        if fields.tag == 0xA0 { _ = fields.element() }  // version
        _ = fields.element()  // serial number
        _ = fields.element()  // signature algorithm
        guard let issuer = fields.element() else { return nil }
        _ = fields.element()  // validity
        guard let subject = fields.element() else { return nil }
        self.isSelfIssued = issuer == subject
    }
}

/// Steps through DER elements of one level.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.rest = bytes
    }

    var tag: UInt8? { self.rest.first }

    /// The contents of the next element.
    mutating func element() -> ArraySlice<UInt8>? {
        guard self.rest.popFirst() != nil, let first = self.rest.popFirst() else { return nil }
        var length = Int(first)
        if first & 0x80 != 0 {
            length = 0
            guard first & 0x7F <= 4 else { return nil }
            for _ in 0..<(first & 0x7F) {
                guard let byte = self.rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= self.rest.count else { return nil }
        let contents = self.rest.prefix(length)
        self.rest = self.rest.dropFirst(length)
        return contents
    }
}

import NIOHTTP1

/// Undoes the `Content-Encoding` of a body (RFC 9110, section 8.4), never more of it than is asked for.
final class ContentDecoder {
    /// `gzip, gzip` exists where a proxy compresses what was compressed; more is meant to hurt.
    static let maximumLayers = 3
    /// A layer that is itself compressed is not much longer than what it holds.
    private static let layerAllowance = 64 << 10

    /// The one that was put on last comes first.
    private let layers: [Inflater]
    private var unpacked: [Int]
    private let limit: Int
    /// Only a body that is not empty is an error then: many label what they do not send.
    private let error: ContentCodingError?

    /// - Parameter limit: how much the reader of the body takes.
    /// - Returns: nil for a body that is not compressed.
    init?(_ headers: HTTPHeaders, limit: Int) {
        let names = headers[canonicalForm: "content-encoding"].map { $0.lowercased() }
        let codings = names.filter { !$0.isEmpty && $0 != "identity" }
        if codings.isEmpty { return nil }
        let known = codings.prefix(Self.maximumLayers).compactMap(Self.format)
        if let unknown = codings.first(where: { Self.format($0) == nil }) {
            self.error = .unknown(HTTPAnswerField.shown(unknown))
        } else {
            self.error = codings.count > Self.maximumLayers ? .tooManyLayers : nil
        }
        self.layers = self.error == nil ? known.reversed().map(Inflater.init) : []
        self.unpacked = Array(repeating: 0, count: self.layers.count)
        self.limit = limit
    }

    private static func format(_ coding: String) -> Inflater.Format? {
        switch coding {
        case "gzip", "x-gzip": .gzip
        case "deflate": .deflate
        default: nil
        }
    }

    /// Calls `take` with what `input` holds, piece by piece; an error that it throws ends it.
    func unpack(_ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let error = self.error, !input.isEmpty { throw error }
        try self.unpack(input, layer: 0, take)
    }

    private func unpack(
        _ input: UnsafeRawBufferPointer, layer: Int, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard layer < self.layers.count else { return try take(input) }
        let isLast = layer == self.layers.count - 1
        try self.layers[layer].unpack(input) { piece in
            self.unpacked[layer] += piece.count
            if !isLast, self.unpacked[layer] > self.limit + Self.layerAllowance { throw ContentCodingError.tooLong }
            try self.unpack(piece, layer: layer + 1, take)
        }
    }

    /// The body has ended.
    func finish() throws {
        for layer in self.layers { try layer.finish() }
    }
}

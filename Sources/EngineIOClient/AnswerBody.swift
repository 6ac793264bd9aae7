import EngineIO
import NIOCore
import NIOHTTP1

/// The body of one answer as it arrives: unpacked, and never longer than its rule allows.
struct AnswerBody {
    /// The most bytes of an open packet, of the start of a refusal, and of a skipped body.
    static let smallLimit = 64 << 10
    /// The most memory that is reserved before a body arrives.
    private static let reservedLimit = 1 << 20

    private(set) var bytes = ByteBuffer()
    private let rule: AnswerBodyRule
    private let decoder: ContentDecoder?
    private let limit: Int
    private var skipped = 0
    /// Whether the packet that opens the session has not ended yet.
    private var isOpening: Bool

    init(_ rule: AnswerBodyRule, _ head: HTTPAnswerHead) {
        self.rule = rule
        switch rule {
        case .whole(let limit), .opening(let limit): self.limit = limit
        case .short, .start, .unread: self.limit = Self.smallLimit
        }
        self.isOpening = if case .opening = rule { true } else { false }
        self.decoder = rule == .unread ? nil : ContentDecoder(head.headers, limit: self.limit)
        if let length = head.length, length > 0, rule != .unread, self.decoder == nil {
            self.bytes.reserveCapacity(min(length, self.limit, Self.reservedLimit))
        }
    }

    /// - Returns: false if the rest of the body is not needed.
    /// - Throws: ``AnswerBodyError``, ``ContentCodingError``
    mutating func take(_ part: UnsafeRawBufferPointer) throws -> Bool {
        if self.rule == .unread {
            self.skipped += part.count
            return self.skipped <= Self.smallLimit
        }
        guard let decoder = self.decoder else { return try self.append(part) }
        do {
            try decoder.unpack(part) { piece in
                if try !self.append(piece) { throw Enough() }
            }
        } catch is Enough {
            return false
        } catch {
            // The status says more than a body that cannot be unpacked.
            guard self.rule == .start else { throw error }
            return false
        }
        return true
    }

    /// The body has ended.
    func finish() throws {
        do {
            try self.decoder?.finish()
        } catch {
            if self.rule != .start { throw error }
        }
    }

    private mutating func append(_ piece: UnsafeRawBufferPointer) throws -> Bool {
        let room = self.limit - self.bytes.readableBytes
        if self.rule == .start {
            self.bytes.writeBytes(UnsafeRawBufferPointer(rebasing: piece.prefix(room)))
            return piece.count < room
        }
        guard piece.count <= room else {
            throw self.rule == .short ? AnswerBodyError.notShort : AnswerBodyError.overLimit
        }
        if self.isOpening {
            let end = piece.firstIndex(of: PayloadReader.separator)
            let length = self.bytes.readableBytes + (end ?? piece.count)
            guard length <= Self.smallLimit else { throw AnswerBodyError.longOpening }
            self.isOpening = end == nil
        }
        self.bytes.writeBytes(piece)
        return true
    }

    private struct Enough: Error {}
}

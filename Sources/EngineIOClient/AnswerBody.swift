import EngineIO
import NIOCore
import NIOHTTP1

/// What becomes of an answer's body.
enum AnswerBodyRule: Equatable {
    /// All of it counts; more than `limit` bytes are an error.
    case whole(limit: Int)
    /// As ``whole(limit:)``, and it begins with the packet that opens a session, which is short.
    case opening(limit: Int)
    /// The start of it is read, and the rest is not waited for; nor does it matter whether it can be unpacked.
    case start
    /// Nobody reads it.
    case unread
}

/// The body of one answer as it comes: unpacked, and never longer than its reader takes.
struct AnswerBody {
    /// Of an open packet, of the start of a refusal, of what is passed over before a connection is given up.
    static let smallLimit = 64 << 10
    /// Longer bodies get their memory as they come.
    private static let reservedLimit = 1 << 20

    private(set) var bytes = ByteBuffer()
    private let rule: AnswerBodyRule
    private let decoder: ContentDecoder?
    private let limit: Int
    private var passedOver = 0
    /// The packet that opens the session has not ended.
    private var isOpening: Bool

    init(_ rule: AnswerBodyRule, _ head: HTTPAnswerHead) {
        self.rule = rule
        switch rule {
        case .whole(let limit), .opening(let limit): self.limit = limit
        case .start, .unread: self.limit = Self.smallLimit
        }
        self.isOpening = if case .opening = rule { true } else { false }
        self.decoder = rule == .unread ? nil : ContentDecoder(head.headers, limit: self.limit)
        if let length = head.length, length > 0, rule != .unread, self.decoder == nil {
            self.bytes.reserveCapacity(min(length, self.limit, Self.reservedLimit))
        }
    }

    /// - Returns: false when what follows is not needed.
    /// - Throws: ``AnswerBodyError``, ``ContentCodingError``
    mutating func take(_ part: UnsafeRawBufferPointer) throws -> Bool {
        if self.rule == .unread {
            self.passedOver += part.count
            return self.passedOver <= Self.smallLimit
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
        guard piece.count <= room else { throw AnswerBodyError.overLimit }
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

/// A body that is longer than it may be.
enum AnswerBodyError: Error {
    case overLimit
    case longOpening
}

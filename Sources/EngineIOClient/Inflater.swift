import CZlib

/// Unpacks one layer of compression, a bounded piece at a time.
final class Inflater {
    enum Format {
        /// RFC 1952: any number of members; what follows them and does not begin as one is passed over.
        case gzip
        /// RFC 1950, or without its frame RFC 1951, as servers understand "deflate" either way.
        case deflate
    }

    private enum State {
        /// Looks at the first two bytes, of a member of gzip or of the whole.
        case beginning
        case inside
        case over
    }

    private static let pieceLength = 32 << 10

    private let format: Format
    private var state = State.beginning
    private var first: [UInt8] = []
    private var isInitialized = false
    /// zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let piece: UnsafeMutableBufferPointer<UInt8>

    init(_ format: Format) {
        self.format = format
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.piece = .allocate(capacity: Self.pieceLength)
    }

    deinit {
        if self.isInitialized { inflateEnd(self.stream) }
        self.stream.deinitialize(count: 1)
        self.stream.deallocate()
        self.piece.deallocate()
    }

    /// Calls `take` with what `input` holds, piece by piece; an error that it throws ends it.
    func unpack(_ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = input
        while let byte = rest.first {
            switch self.state {
            case .beginning:
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
                try self.begin(byte, take)
            case .inside:
                rest = try self.inflate(rest, take)
            case .over:
                return
            }
        }
    }

    /// The input has ended.
    func finish() throws {
        switch self.state {
        case .over: break
        case .beginning where self.isInitialized || self.first.isEmpty: break
        case .beginning, .inside: throw ContentCodingError.cutShort
        }
    }

    private func begin(_ byte: UInt8, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        // Zeros fill what is written in blocks.
        if self.isInitialized, self.first.isEmpty, byte == 0 { return }
        self.first.append(byte)
        guard self.first.count == 2 else { return }
        let first = self.first
        self.first = []
        switch self.format {
        case .gzip:
            guard first == [0x1F, 0x8B] else {
                guard self.isInitialized else { throw ContentCodingError.damaged }
                self.state = .over
                return
            }
            try self.start(windowBits: 15 + 16)
        case .deflate:
            // RFC 1950, section 2.2: the method, and a sum over both bytes.
            let hasFrame = first[0] & 15 == 8 && (Int(first[0]) << 8 | Int(first[1])) % 31 == 0
            try self.start(windowBits: hasFrame ? 15 : -15)
        }
        self.state = .inside
        _ = try first.withUnsafeBytes { try self.inflate($0, take) }
    }

    private func start(windowBits: CInt) throws {
        let status = self.isInitialized ? inflateReset(self.stream) : czlib_inflate_init(self.stream, windowBits)
        guard status == Z_OK else { throw ContentCodingError.damaged }
        self.isInitialized = true
    }

    /// - Returns: what stands behind the end of the stream.
    private func inflate(
        _ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> UnsafeRawBufferPointer {
        // zlib counts in 32 bits, and reads what it takes a pointer to write from.
        let part = input.prefix(1 << 30)
        let bytes = part.assumingMemoryBound(to: UInt8.self)
        self.stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        self.stream.pointee.avail_in = UInt32(part.count)
        var status = Z_OK
        repeat {
            self.stream.pointee.next_out = self.piece.baseAddress
            self.stream.pointee.avail_out = UInt32(self.piece.count)
            status = CZlib.inflate(self.stream, Z_NO_FLUSH)
            // It can go no further without more input.
            if status == Z_BUF_ERROR { break }
            guard status == Z_OK || status == Z_STREAM_END else { throw ContentCodingError.damaged }
            let count = self.piece.count - Int(self.stream.pointee.avail_out)
            if count > 0 { try take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(self.piece)[..<count])) }
        } while status == Z_OK && (self.stream.pointee.avail_in > 0 || self.stream.pointee.avail_out == 0)
        if status == Z_STREAM_END { self.state = self.format == .gzip ? .beginning : .over }
        let used = part.count - Int(self.stream.pointee.avail_in)
        return UnsafeRawBufferPointer(rebasing: input.dropFirst(used))
    }
}

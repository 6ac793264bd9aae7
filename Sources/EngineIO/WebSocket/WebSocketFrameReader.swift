import NIOCore

/// Reads the frames of one websocket and joins fragments (RFC 6455, sections 5.1 to 5.5): bytes in, messages and
/// control frames out.
///
/// The owner keeps the bytes of a frame that is not complete, and passes them again together with those that follow.
public struct WebSocketFrameReader: Sendable {
    /// The side that reads.
    public enum Side: Sendable {
        /// Reads the unmasked frames of a server. The type of a text packet does not count as part of its message.
        case client
        /// Reads the masked frames of a client.
        case server

        /// How many bytes of a frame or message count.
        fileprivate func messageLength(_ length: Int, of opcode: WebSocketOpcode) -> Int {
            switch (self, opcode) {
            case (.server, _), (.client, .binary): length
            case (.client, _): length - 1
            }
        }

        fileprivate func messageTooBig(_ length: Int, _ limit: Int) -> WebSocketProtocolError {
            let name: MessageLimit =
                switch self {
                case .client: .client
                case .server: .server
                }
            return WebSocketProtocolError(
                code: WebSocketCloseCode.messageTooBig, name.exceeded(by: length, limit: limit))
        }
    }

    public enum Event {
        /// A message, text or binary, in a single frame.
        case message(WebSocketOpcode, WebSocketPayload)
        /// A message, text or binary, whose last fragment was read.
        case joined(WebSocketOpcode, ByteBuffer)
        /// A fragment that is not the last.
        case fragment
        case ping(WebSocketPayload)
        case pong(WebSocketPayload)
        case close(WebSocketPayload)
    }

    private let side: Side
    @usableFromInline
    let maximumMessageSize: Int
    /// Whether the message that is being received is text or binary; nil between two messages.
    @usableFromInline
    private(set) var fragmentKind: WebSocketOpcode?
    /// The fragments of that message, without their masks.
    private var fragments = ByteBuffer()

    /// - Parameter maximumMessageSize: the bytes that a message may have; see ``Side`` for what counts.
    public init(side: Side, maximumMessageSize: Int) {
        self.side = side
        self.maximumMessageSize = maximumMessageSize
    }

    /// Finds the commonest frame of a server, an unfragmented message of less than 64 KiB, without the steps that other
    /// frames need.
    ///
    /// - Returns: its opcode, and where its payload starts and ends in `bytes`; nil if ``next(_:)`` has to read the
    ///   frame at `index`.
    @inlinable
    @inline(__always)
    public func shortMessage(
        _ bytes: UnsafeRawBufferPointer, at index: Int
    ) -> (opcode: WebSocketOpcode, start: Int, end: Int)? {
        guard bytes.count - index >= 2, self.fragmentKind == nil else { return nil }
        var start = index + 2
        var length = Int(bytes[index + 1])
        if length >= 126 {
            // A mask makes it 128 or more.
            guard length == 126, bytes.count - start >= 2 else { return nil }
            length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)))
            guard length >= 126 else { return nil }
            start += 2
        }
        let end = start + length
        guard bytes.count >= end, length <= self.maximumMessageSize else { return nil }
        switch bytes[index] {
        case 0x81: return (.text, start, end)
        case 0x82: return (.binary, start, end)
        default: return nil
        }
    }

    /// Reads the frame at the start of `bytes`. The memory of a fragment may be given back to the system.
    ///
    /// - Returns: the event and the length of the frame; nil if the frame is not complete.
    /// - Throws: ``WebSocketProtocolError`` as soon as the header of a frame shows a breach of the protocol.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketProtocolError) -> (event: Event, length: Int)? {
        guard let header = try WebSocketFrameHeader.decode(bytes) else { return nil }
        try self.check(header)
        let length = header.length + header.payloadLength
        guard bytes.count >= length else { return nil }
        let payload = WebSocketPayload(
            UnsafeRawBufferPointer(rebasing: bytes[header.length..<length]), mask: header.mask ?? 0)
        return (self.event(of: header, payload), length)
    }

    private func check(_ header: WebSocketFrameHeader) throws(WebSocketProtocolError) {
        switch (self.side, header.mask) {
        case (.client, nil), (.server, .some): break
        case (.client, .some): throw WebSocketProtocolError("a frame of the server is masked")
        case (.server, nil): throw WebSocketProtocolError("a frame of the client is not masked")
        }
        try self.checkLength(header.payloadLength, of: header.opcode)
        switch (header.opcode, self.fragmentKind) {
        case (.text, .some), (.binary, .some):
            throw WebSocketProtocolError("a new message begins inside a fragmented one")
        case (.continuation, nil):
            throw WebSocketProtocolError("a continuation frame continues nothing")
        case (.continuation, let kind?):
            try self.checkLength(self.fragments.readableBytes + header.payloadLength, of: kind)
        default: break
        }
    }

    private func checkLength(_ length: Int, of opcode: WebSocketOpcode) throws(WebSocketProtocolError) {
        let length = self.side.messageLength(length, of: opcode)
        if length > self.maximumMessageSize { throw self.side.messageTooBig(length, self.maximumMessageSize) }
    }

    private mutating func event(of header: WebSocketFrameHeader, _ payload: WebSocketPayload) -> Event {
        switch header.opcode {
        case .text, .binary:
            if header.isFinal { return .message(header.opcode, payload) }
            self.fragmentKind = header.opcode
            self.keep(payload)
            return .fragment
        case .continuation:
            self.keep(payload)
            guard header.isFinal, let kind = self.fragmentKind else { return .fragment }
            let message = self.fragments
            self.fragments = ByteBuffer()
            self.fragmentKind = nil
            return .joined(kind, message)
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        case .close: return .close(payload)
        }
    }

    private mutating func keep(_ payload: WebSocketPayload) {
        self.fragments.writePayload(payload)
        // The copy is enough: no frame is read twice.
        MemoryPages.release(payload.bytes)
    }
}

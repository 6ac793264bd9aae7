import NIOCore

/// The proof in the websocket handshake that the server speaks websocket (RFC 6455, sections 4.1 and 4.2.2).
public enum WebSocketHandshakeKey {
    /// The value that the server's `Sec-WebSocket-Accept` must have for a client's `Sec-WebSocket-Key`.
    public static func accept(for key: String) -> String {
        self.base64(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// Whether `key` is 16 bytes in base64, as a server has to check.
    public static func isValid(_ key: String) -> Bool {
        key.utf8.count == 24 && Array(key.utf8).withUnsafeBytes { Base64.decode($0)?.readableBytes == 16 }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var text = ByteBuffer()
        bytes.withUnsafeBytes { Base64.encode($0, into: &text) }
        return String(buffer: text)
    }
}

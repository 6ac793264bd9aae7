/// Headers that only the client itself can set correctly.
package enum RequestHeaders {
    private static let reserved: Set<String> = [
        "connection", "content-length", "transfer-encoding", "upgrade", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-accept", "sec-websocket-extensions", "te", "trailer",
    ]

    package static func isReserved(_ name: String) -> Bool { self.reserved.contains(name.lowercased()) }
}

extension String {
    /// The text with some of its ASCII characters replaced.
    ///
    /// Bytes are replaced and not characters: a quote before a combining mark is another character.
    ///
    /// - Parameter replacement: of a byte of UTF-8; nil leaves it.
    func escaped(_ replacement: (UInt8) -> String?) -> String {
        guard self.utf8.contains(where: { replacement($0) != nil }) else { return self }
        var bytes: [UInt8] = []
        for byte in self.utf8 {
            if let text = replacement(byte) { bytes += text.utf8 } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// The text without what is past so many bytes of UTF-8, cut between two scalars.
    func cut(toBytes limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        var bytes = Array(self.utf8.prefix(limit))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        // The first byte of what may have been cut.
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

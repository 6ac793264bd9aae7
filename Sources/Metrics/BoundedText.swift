extension String {
    /// The text without what is past so many bytes of UTF-8.
    ///
    /// Bytes are counted and not characters, one of which may have any number of them; a scalar is never cut in two.
    package func cut(toBytes limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        // An index into the middle of a scalar is rounded down to its start.
        return String(self.unicodeScalars[..<self.utf8.index(self.startIndex, offsetBy: limit)])
    }
}

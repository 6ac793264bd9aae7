extension Double {
    /// The shortest text that reads as this number again, in JSON's grammar where it is finite: without `.0` where it
    /// is whole.
    package var plainText: String {
        let text = self.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

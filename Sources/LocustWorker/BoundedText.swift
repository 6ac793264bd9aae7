/// Text that came from a script or a server, cut so that a message stays small.
///
/// Bytes are counted and not characters, one of which may have any number of them; a scalar is never cut in two.
func boundedText(_ text: String, bytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    // An index into the middle of a scalar is rounded down to its start.
    return String(text.unicodeScalars[..<text.utf8.index(text.startIndex, offsetBy: limit)]) + "…"
}

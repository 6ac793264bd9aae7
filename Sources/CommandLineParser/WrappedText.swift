/// The text with lines of at most so many columns, each with so many blanks before it.
///
/// Line breaks of the text remain. A word that is longer than a line has a line of its own.
func wrapped(_ text: String, columns: Int, indent: Int = 0) -> String {
    let blanks = String(repeating: " ", count: indent)
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
        var lines: [String] = []
        var line = ""
        for word in paragraph.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > columns {
                lines.append(blanks + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line.isEmpty ? "" : blanks + line]
    }.joined(separator: "\n")
}

/// Values that stand right behind the letter of their option, as in `-u2`, `-ojson=file` or `-qu2`.
///
/// The argument parser takes such a word for a name. It is handed `-u=2` and `-o=json=file`, which mean the same.
package struct ShortOptions {
    private let flags: Set<Character>
    private let valued: Set<Character>

    /// - Parameters:
    ///   - flags: the letters of options without a value.
    ///   - valued: the letters of options with one.
    package init(flags: String, valued: String) {
        (self.flags, self.valued) = (Set(flags), Set(valued))
    }

    /// The same command line for the argument parser. Arguments after `--` are the script's, and remain as they are.
    package func separated(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap(self.separated) + arguments[end...]
    }

    private func separated(_ argument: String) -> [String] {
        guard argument.first == "-" else { return [argument] }
        var rest = argument.dropFirst()
        var words: [String] = []
        while let letter = rest.popFirst() {
            if self.valued.contains(letter) {
                let value = rest.first == "=" ? rest.dropFirst() : rest
                return words + (rest.isEmpty ? ["-\(letter)"] : ["-\(letter)=\(value)"])
            }
            // A name with one dash, or a mistake: the parser says which.
            guard self.flags.contains(letter) else { return [argument] }
            words.append("-\(letter)")
        }
        return words.isEmpty ? [argument] : words
    }
}

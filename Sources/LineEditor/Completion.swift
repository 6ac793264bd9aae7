/// The ways in which a line may go on at the cursor.
package struct Completion: Sendable, Equatable {
    /// The end of the text before the cursor that the candidates begin with.
    package var word: String
    package var candidates: [String]

    package init(word: String, candidates: [String]) {
        self.word = word
        self.candidates = candidates
    }

    /// The text that all candidates have after the word.
    var continuation: String {
        guard var common = self.candidates.first?.unicodeScalars[...] else { return "" }
        for candidate in self.candidates.dropFirst() {
            let length = zip(common, candidate.unicodeScalars).prefix { $0 == $1 }.count
            common = common.prefix(length)
        }
        return String(String.UnicodeScalarView(common.dropFirst(self.word.unicodeScalars.count)))
    }

    /// The candidates in columns.
    func list(columns: Int) -> String {
        let names = Set(self.candidates).sorted().prefix(Self.listed)
        let width = (names.map(\.count).max() ?? 0) + 2
        let perRow = max(1, columns / width)
        var text = ""
        for (index, name) in names.enumerated() {
            let isLast = index % perRow == perRow - 1 || index == names.count - 1
            text += name + (isLast ? "\n" : String(repeating: " ", count: width - name.count))
        }
        return names.count < Set(self.candidates).count ? text + "...\n" : text
    }

    private static let listed = 200
}

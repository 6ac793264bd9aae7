import JSONText
import LineEditor
import Synchronization

/// The names of events that were seen, for completion. Used by the loop and by the thread of the line editor.
final class EventNames: Sendable {
    /// A server chooses them.
    private static let most = 1000
    private static let longest = 100

    private let names = Mutex<Set<String>>([])

    func add(_ name: String) {
        guard name.utf8.count <= Self.longest, VisibleText.line(name) == name, !name.utf8.contains(0x20) else { return }
        self.names.withLock { names in
            if names.count < Self.most { names.insert(name) }
        }
    }

    /// - Parameter text: the line before the cursor.
    func completion(of text: String) -> Completion {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard let word = words.last else { return Completion(word: "", candidates: []) }
        let candidates: [String] =
            switch words.count {
            case 1 where word.hasPrefix("."): PromptCommand.names
            case 2 where PromptCommand.emitting.contains(words[0]): self.names.withLock { $0.sorted() }
            case 2 where words[0] == ".trace": ["on", "off"]
            default: []
            }
        return Completion(word: word, candidates: candidates.filter { $0.hasPrefix(word) })
    }
}

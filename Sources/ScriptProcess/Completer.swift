import Dispatch
import LineEditor
import NIOCore
import Scripting
import Synchronization

/// Completes names for the editor's thread, with what the script's loop knows.
struct Completer: Sendable {
    private let host: NIOLoopBound<ScriptHost>
    /// A loop that is held up by a statement of a task has no names.
    private static let patience = DispatchTimeInterval.milliseconds(500)

    init(_ host: ScriptHost, on eventLoop: any EventLoop) {
        self.host = NIOLoopBound(host, eventLoop: eventLoop)
    }

    func complete(_ text: String) -> Completion {
        let names = Names()
        self.host.eventLoop.execute {
            let found = self.host.value.names(after: text)
            names.list.withLock { $0 = found }
            names.areFound.signal()
        }
        let word = String(text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
        guard names.areFound.wait(timeout: .now() + Self.patience) == .success else {
            return Completion(word: word, candidates: [])
        }
        return Completion(word: word, candidates: names.list.withLock { $0 })
    }

    private final class Names: Sendable {
        let list = Mutex<[String]>([])
        let areFound = DispatchSemaphore(value: 0)
    }
}

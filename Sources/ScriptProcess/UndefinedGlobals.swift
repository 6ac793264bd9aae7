import ProcessSupport
import Synchronization

/// Reports reads of undefined globals on the standard error, once for each name and line of all users.
package final class UndefinedGlobals: Sendable {
    private let known = Mutex<Set<String>>([])

    /// A script may make up names.
    private static let most = 1000

    package init() {}

    package func report(_ name: String, at place: String) {
        let text = (place.isEmpty ? "" : "\(place): ") + "the global '\(name)' is not defined"
        let number = self.known.withLock { known in
            known.count < Self.most && known.insert(text).inserted ? known.count : nil
        }
        guard let number else { return }
        FileDescriptorOutput.standardError.say("warning: \(text)")
        if number == Self.most {
            FileDescriptorOutput.standardError.say("warning: further undefined globals are not reported")
        }
    }
}

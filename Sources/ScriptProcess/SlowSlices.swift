import ProcessSupport
import Synchronization

/// Says which slices of Lua do not end, and stops saying so when there are too many.
package final class SlowSlices: Sendable {
    private let count = Atomic<Int>(0)
    private let write: @Sendable (String) -> Void

    private static let most = 10

    package init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// On the standard error.
    package convenience init() {
        self.init { FileDescriptorOutput.standardError.say("warning: \($0)") }
    }

    package func report(_ text: String) {
        let number = self.count.add(1, ordering: .relaxed).newValue
        if number <= Self.most { self.write(text) }
        if number == Self.most { self.write("further ones like this are not reported") }
    }
}

import Synchronization

/// The line of this process, if there is one.
package enum ShownLines {
    private static let line = Mutex<(any ShownLine)?>(nil)

    package static var current: (any ShownLine)? {
        get { self.line.withLock { $0 } }
        set { self.line.withLock { $0 = newValue } }
    }
}

import Dispatch
import Glibc
import ProcessSupport
import Synchronization

/// Writes to the standard output on a separate thread, so that a slow reader does not keep the loop from answering
/// pings. The loop has to stop reading while it is full.
final class OutputQueue: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var isWriting = false
        /// Called once nothing waits.
        var completion: (@Sendable () -> Void)?
        var error: Int32?
        var isFullReported = false

        /// Everything that waits; without any, writing is over.
        mutating func take() -> (bytes: [UInt8], completion: (@Sendable () -> Void)?, isRelieved: Bool) {
            let bytes = self.waiting
            self.waiting = []
            let isRelieved = self.isFullReported && bytes.count < OutputQueue.limit / 2
            if isRelieved { self.isFullReported = false }
            guard bytes.isEmpty else { return (bytes, nil, isRelieved) }
            self.isWriting = false
            defer { self.completion = nil }
            return ([], self.completion, isRelieved)
        }
    }

    /// The number of bytes above which no more should be added.
    private static let limit = 1 << 20

    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "eio-lua.output")
    private let output: FileDescriptorOutput
    private let relieved: @Sendable () -> Void
    private let failed: @Sendable (Int32) -> Void

    /// - Parameters:
    ///   - relieved: called on any thread after ``add(_:)`` has returned false, once less than half of the limit waits.
    ///   - failed: called once, on any thread, with `errno`; nothing is written from then on.
    init(
        _ output: FileDescriptorOutput, relieved: @escaping @Sendable () -> Void,
        failed: @escaping @Sendable (Int32) -> Void
    ) {
        self.output = output
        self.relieved = relieved
        self.failed = failed
    }

    /// - Returns: false if too much waits now.
    func add(_ bytes: [UInt8]) -> Bool {
        self.state.withLock { state in
            if state.error != nil { return true }
            state.waiting += bytes
            self.start(&state)
            if state.waiting.count > Self.limit { state.isFullReported = true }
            return !state.isFullReported
        }
    }

    /// Calls `completion` on any thread once everything is written, or cannot be.
    func finish(_ completion: @escaping @Sendable () -> Void) {
        self.state.withLock { state in
            state.completion = completion
            self.start(&state)
        }
    }

    private func start(_ state: inout State) {
        guard !state.isWriting else { return }
        state.isWriting = true
        self.thread.async { self.write() }
    }

    private func write() {
        while true {
            let (bytes, completion, isRelieved) = self.state.withLock { $0.take() }
            if isRelieved { self.relieved() }
            guard !bytes.isEmpty else {
                completion?()
                return
            }
            guard let error = self.output.write(bytes) else { continue }
            self.state.withLock { state in
                state.error = error
                state.waiting = []
            }
            self.failed(error)
        }
    }
}

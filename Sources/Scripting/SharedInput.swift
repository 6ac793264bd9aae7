import CLuaHost
import Synchronization

/// The standard input that virtual users share. A user that reads has it alone until its record is complete; the others
/// follow in the order of their requests.
package final class SharedInput: Sendable {
    private struct Waiter {
        let host: ObjectIdentifier
        let grant: @Sendable () -> Void
    }

    private struct State {
        var holder: ObjectIdentifier?
        /// A chunk is on its way to the holder.
        var isReading = false
        /// The holder has left.
        var isAbandoned = false
        var waiters: [Waiter] = []
    }

    /// Bytes that were read and not taken; only the holder touches them.
    nonisolated(unsafe) let handle = luahost_input_create()!
    private let state = Mutex(State())
    private let reader = StandardInput()

    package init() {}

    deinit { luahost_input_destroy(self.handle) }

    /// - Parameter grant: called on any thread when it is the host's turn, if that is not now.
    /// - Returns: whether it is.
    func take(_ host: ObjectIdentifier, grant: @escaping @Sendable () -> Void) -> Bool {
        self.state.withLock { state in
            if state.holder == nil {
                state.holder = host
                return true
            }
            state.waiters.append(Waiter(host: host, grant: grant))
            return false
        }
    }

    func give(_ host: ObjectIdentifier) {
        let next = self.state.withLock { state -> Waiter? in
            guard state.holder == host, !state.isReading else { return nil }
            return Self.passOn(&state)
        }
        next?.grant()
    }

    /// The host is closed. Input that is still read for it goes to the next holder.
    func leave(_ host: ObjectIdentifier) {
        let next = self.state.withLock { state -> Waiter? in
            state.waiters.removeAll { $0.host == host }
            guard state.holder == host else { return nil }
            state.isAbandoned = state.isReading
            return state.isReading ? nil : Self.passOn(&state)
        }
        next?.grant()
    }

    /// Reads a chunk for the holder.
    ///
    /// - Parameter take: called on any thread, unless the holder has left; ``delivered()`` is to follow.
    func read(_ take: @escaping @Sendable (_ chunk: [UInt8], _ error: Int32) -> Void) {
        self.state.withLock { $0.isReading = true }
        self.reader.read { chunk, error in
            if self.state.withLock({ $0.isAbandoned }) {
                self.delivered()
                self.returned(chunk, error)
            } else {
                take(chunk, error)
            }
        }
    }

    /// The chunk has come to the holder's loop.
    func delivered() {
        self.state.withLock { state in
            state.isReading = false
            state.isAbandoned = false
        }
    }

    /// The holder has left without the chunk.
    func returned(_ chunk: [UInt8], _ error: Int32) {
        chunk.withUnsafeBytes { bytes in
            let slice = luahost_slice(
                data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count)
            luahost_input_arrived(self.handle, slice, error)
        }
        self.state.withLock { Self.passOn(&$0) }?.grant()
    }

    private static func passOn(_ state: inout State) -> Waiter? {
        let next = state.waiters.isEmpty ? nil : state.waiters.removeFirst()
        state.holder = next?.host
        return next
    }
}

import CLuaHost
import Glibc
import Synchronization

/// SIGINT, SIGTERM, and SIGHUP unless it was ignored when the program started: the first is for the program to end well, the second ends it at once.
package enum Signals {
    private final class Receiver: Sendable {
        let interrupter: @Sendable (Double) -> Void
        let secondStatus: @Sendable (Int32) -> Int32
        let handler: @Sendable (Int32) -> Void
        let count = Atomic<Int>(0)

        init(
            interrupter: @escaping @Sendable (Double) -> Void, secondStatus: @escaping @Sendable (Int32) -> Int32,
            handler: @escaping @Sendable (Int32) -> Void
        ) {
            self.interrupter = interrupter
            self.secondStatus = secondStatus
            self.handler = handler
        }

        func received(_ signal: Int32) {
            if self.count.add(1, ordering: .relaxed).newValue > 1 { _exit(self.secondStatus(signal)) }
            // A slice that computes would not let the loop come to its turn.
            self.interrupter(1)
            self.handler(signal)
        }
    }

    /// - Parameters:
    ///   - secondStatus: what the process ends with at the second signal.
    ///   - handler: called for the first signal, on a thread of the watchdog's.
    package static func install(
        interrupter: @escaping @Sendable (Double) -> Void,
        secondStatus: @escaping @Sendable (Int32) -> Int32 = { 128 + $0 },
        handler: @escaping @Sendable (Int32) -> Void
    ) {
        let receiver = Unmanaged.passRetained(
            Receiver(interrupter: interrupter, secondStatus: secondStatus, handler: handler))
        luahost_signals_install(
            { context, signal in
                guard let context else { return }
                Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue().received(signal)
            }, receiver.toOpaque())
    }
}

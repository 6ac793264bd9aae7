import Dispatch
import Glibc
import NIOCore

/// A thread of the system's.
struct Thread: Sendable {
    private let handle: UncheckedHandle

    private struct UncheckedHandle: @unchecked Sendable {
        var value = pthread_t()
    }

    private final class Start {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// - Parameters:
    ///   - body: what the thread does.
    ///   - onStart: called first on the thread; it has returned when this returns.
    /// - Throws: `IOError` where the system has no threads left.
    init(_ body: @escaping @Sendable () -> Void, onStart: @escaping @Sendable () -> Void) throws {
        let started = DispatchSemaphore(value: 0)
        let start = Unmanaged.passRetained(
            Start {
                onStart()
                started.signal()
                body()
            })
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw IOError(errnoCode: status, reason: "pthread_create")
        }
        started.wait()
        self.handle = UncheckedHandle(value: handle)
    }

    /// Waits for its end. To be called once.
    func join() { pthread_join(self.handle.value, nil) }
}

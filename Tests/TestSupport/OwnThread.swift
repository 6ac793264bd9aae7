import Foundation

/// Runs `body`, which may block, on a new thread: tests share the few threads of the concurrency pool, and a test that
/// blocks one of them delays the others.
package func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}

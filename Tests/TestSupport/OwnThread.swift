import Foundation

/// Runs `body`, which may block, on its own thread: tests share a few threads of the concurrency pool, and one that blocks
/// there delays the others.
package func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}

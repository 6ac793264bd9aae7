import Glibc
import NIOCore

/// The result of a system call.
///
/// - Throws: `IOError` with errno where the call has failed.
@discardableResult
func checked(_ result: CInt, _ call: String) throws -> CInt {
    if result < 0 { throw IOError(errnoCode: errno, reason: call) }
    return result
}

import EpollLoop
import NIOCore

package enum SystemError {
    /// - Parameter code: as `errno` has it.
    package static func text(_ code: Int32) -> String { systemErrorText(code) }

    /// Of a system call that failed, without the call's name.
    package static func text(_ error: any Error) -> String {
        (error as? IOError).map { self.text($0.errnoCode) } ?? "\(error)"
    }
}

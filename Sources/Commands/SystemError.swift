#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

enum SystemError {
    /// - Parameter code: as `errno` has it.
    static func text(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // `strerror` shares its memory between threads.
        _ = strerror_r(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

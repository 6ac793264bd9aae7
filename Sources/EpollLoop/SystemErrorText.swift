import Glibc

/// The system's words for an error, and what to do where it is a limit that can be raised.
///
/// - Parameter code: as `errno` has it.
package func systemErrorText(_ code: CInt) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // `strerror` shares its memory between threads.
    _ = strerror_r(code, &buffer, buffer.count)
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    switch code {
    case EMFILE: return "\(text) (the limit is \(descriptorLimit()): raise it by `ulimit -n`)"
    case ENFILE: return "\(text) (raise the system's limit fs.file-max)"
    default: return text
    }
}

/// Descriptors that this process may have.
private func descriptorLimit() -> String {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return "unknown" }
    return "\(limit.rlim_cur)"
}

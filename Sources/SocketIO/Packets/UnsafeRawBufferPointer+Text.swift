import Glibc

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of this text.
    func equals(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount, let base = self.baseAddress else { return false }
        return memcmp(base, text.utf8Start, self.count) == 0
    }
}

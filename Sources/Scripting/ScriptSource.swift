import CLuaHost

/// The text of a script and of the modules that it requires, for all virtual users: each file is read once.
package final class ScriptSource: Sendable {
    nonisolated(unsafe) let handle: OpaquePointer
    /// The script's own.
    package let text: [UInt8]

    package init(_ text: [UInt8]) {
        self.text = text
        self.handle = text.withUnsafeBytes { bytes in
            luahost_source_create(
                luahost_slice(data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count))
        }
    }

    deinit { luahost_source_destroy(self.handle) }
}

import CLuaHost

/// Keeps the bytes of strings alive while C looks at them.
final class SliceArena {
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    func slice(_ text: String?) -> luahost_slice {
        guard var text else { return luahost_slice(data: nil, length: 0) }
        return text.withUTF8 { self.slice(UnsafeRawBufferPointer($0)) }
    }

    func slice(_ bytes: [UInt8]) -> luahost_slice {
        bytes.withUnsafeBytes { self.slice($0) }
    }

    private func slice(_ bytes: UnsafeRawBufferPointer) -> luahost_slice {
        guard !bytes.isEmpty else { return luahost_slice(data: nil, length: 0) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        block.copyMemory(from: bytes)
        self.blocks.append(block)
        return luahost_slice(data: block.baseAddress?.assumingMemoryBound(to: CChar.self), length: block.count)
    }

    deinit {
        for block in self.blocks { block.deallocate() }
    }
}

extension String {
    init(_ slice: luahost_slice) {
        self.init(decoding: UnsafeRawBufferPointer(slice), as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    init(_ slice: luahost_slice) {
        self.init(start: slice.data, count: slice.length)
    }
}

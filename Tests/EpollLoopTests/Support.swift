import Dispatch
import Glibc
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import EpollLoop

/// Events in their order.
final class Log<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { self.storage.withLock { $0 } }

    func append(_ value: Value) { self.storage.withLock { $0.append(value) } }

    func removeAll() { self.storage.withLock { $0.removeAll() } }
}

/// A group for one test.
func withGroup<T>(_ count: Int = 1, _ body: (EpollEventLoopGroup) async throws -> T) async throws -> T {
    let group = try EpollEventLoopGroup(numberOfThreads: count)
    do {
        let result = try await body(group)
        try await group.shutdownGracefully()
        return result
    } catch {
        try await group.shutdownGracefully()
        throw error
    }
}

extension EpollEventLoopGroup {
    var loop: EpollEventLoop {
        get throws { try #require(self.next() as? EpollEventLoop) }
    }
}

extension EpollEventLoop {
    /// A connection, and its other end.
    func connect(
        to listener: Listener, waterMark: ChannelOptions.Types.WriteBufferWaterMark = .init(low: 1 << 15, high: 1 << 16)
    ) async throws -> (SocketChannel, Peer) {
        let promise = self.makePromise(of: SocketChannel.self)
        self.execute {
            _ = SocketConnector(
                on: self, v6: [], v4: [listener.address], localAddress: nil, waterMark: waterMark
            ) { promise.completeWith($0.mapError { $0 as any Error }) }
        }
        return (try await promise.futureResult.get(), try listener.accept())
    }

    /// Holds the loop up while `body` runs, so that it finds all that `body` did at once.
    func heldUp<T>(_ body: () throws -> T) rethrows -> T {
        let (isHeld, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        self.execute {
            isHeld.signal()
            release.wait()
        }
        isHeld.wait()
        defer { release.signal() }
        return try body()
    }
}

/// Records the events of a reader.
final class Recorder: SocketReader, @unchecked Sendable {
    enum Event: Hashable {
        case read(String), completed, failed(CInt?), writable(Bool), closed
    }

    let log = Log<Event>()
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let onRead: (String) -> Void

    init(onRead: @escaping (String) -> Void = { _ in }) {
        (self.events, self.continuation) = AsyncStream.makeStream()
        self.onRead = onRead
    }

    func read(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        self.note(.read(text))
        self.onRead(text)
    }

    func readCompleted() { self.note(.completed) }
    func readFailed(_ error: any Error) { self.note(.failed((error as? IOError)?.errnoCode)) }
    func writabilityChanged(_ isWritable: Bool) { self.note(.writable(isWritable)) }
    func connectionClosed() { self.note(.closed) }

    private func note(_ event: Event) {
        self.log.append(event)
        self.continuation.yield(event)
    }

    /// Waits for `event`. To be called by one task at a time, for events in their order.
    func wait(for event: Event) async {
        for await next in self.events where next == event { return }
    }
}

/// Something that is set later.
final class Box<Value>: @unchecked Sendable {
    var value: Value?
}

/// The system's knowledge of descriptors of this process. Other tests open and close theirs at the same time, so
/// nothing here goes by their number or by how many there are.
enum Descriptors {
    /// The number of sockets that are connected to `address`.
    static func connected(to address: SocketAddress) -> Int {
        Self.names(in: "/proc/self/fd").count { name in
            var peer = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in>.size)
            var length = socklen_t(peer.count)
            return peer.withUnsafeMutableBytes { bytes in
                let status = bytes.withMemoryRebound(to: sockaddr.self) {
                    getpeername(CInt(name) ?? -1, $0.baseAddress, &length)
                }
                return status == 0 && SocketAddress(bytes.load(as: sockaddr_in.self)) == address
            }
        }
    }

    /// The number by which event queues know the socket behind a descriptor.
    static func inode(_ descriptor: CInt) -> String {
        // As in "socket:[12345]".
        var name = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/fd/\(descriptor)", &name, name.count)
        let text = String(decoding: name.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let digits = text.filter(\.isNumber)
        return String(Int(digits) ?? 0, radix: 16)
    }

    /// Whether an event queue knows the file.
    static func isWatched(inode: String) -> Bool {
        Self.names(in: "/proc/self/fdinfo").contains { name in
            Self.lines(of: "/proc/self/fdinfo/\(name)").contains { line in
                line.hasPrefix("tfd:") && line.split(whereSeparator: \.isWhitespace).contains("ino:\(inode)")
            }
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        let own = "\(dirfd(stream))"
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), name != own { names.append(name) }
        }
        return names
    }

    private static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    }
}

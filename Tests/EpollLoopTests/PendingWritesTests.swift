import Glibc
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct PendingWritesTests {
    private let loop: any EventLoop

    init() throws { self.loop = try EpollEventLoopGroup.shared().next() }

    private func append(_ texts: [String], to writes: inout PendingWrites) -> [EventLoopFuture<Void>] {
        texts.map {
            let promise = self.loop.makePromise(of: Void.self)
            writes.append(ByteBuffer(string: $0), promise)
            return promise.futureResult
        }
    }

    /// Which of the writes the promises belong to; keeps them, as a promise that nobody keeps ends the process.
    private func indices(_ promises: [EventLoopPromise<Void>], in futures: [EventLoopFuture<Void>]) -> [Int?] {
        promises.map { promise in
            promise.succeed()
            return futures.firstIndex { $0 === promise.futureResult }
        }
    }

    @Test func onlyWhatIsFlushedIsWritten() throws {
        let (socket, peer) = try Peer.pair()
        defer { [socket, peer.descriptor].forEach { _ = close($0) } }
        var writes = PendingWrites()
        let first = self.append(["one", "two"], to: &writes)
        let nothing = try writes.write(to: socket)
        #expect(nothing.isEmpty)
        writes.markFlushed()
        let second = self.append(["three"], to: &writes)
        #expect(writes.bytes == 11)
        let done = try writes.write(to: socket)
        #expect(self.indices(done, in: first + second) == [0, 1])
        #expect(!writes.hasFlushed)
        #expect(!writes.isEmpty)
        #expect(writes.bytes == 5)
        #expect(peer.text(6) == "onetwo")
        writes.markFlushed()
        let rest = try writes.write(to: socket)
        #expect(self.indices(rest, in: first + second) == [2])
        #expect(writes.isEmpty)
        #expect(peer.text(5) == "three")
    }

    @Test func smallBuffersGoInOnePacketAndLargeOnesAlone() throws {
        // Here a read takes what one write sent.
        let (socket, peer) = try Peer.pair(CInt(SOCK_SEQPACKET.rawValue))
        defer { [socket, peer.descriptor].forEach { _ = close($0) } }
        var writes = PendingWrites()
        let large = String(repeating: "x", count: 17_000)
        let futures = self.append(["a", "", "bc", large, "d", "e"], to: &writes)
        writes.markFlushed()
        let done = try writes.write(to: socket)
        #expect(self.indices(done, in: futures) == [0, 1, 2, 3, 4, 5])
        #expect((0..<3).map { _ in peer.read().count } == [3, 17_000, 2])
    }

    @Test func promisesComeOnlyWhenAllWasTaken() throws {
        let (socket, peer) = try Peer.pair()
        defer { [socket, peer.descriptor].forEach { _ = close($0) } }
        var writes = PendingWrites()
        let texts = (0..<40).map { String(repeating: "\($0 % 10)", count: 50_000) }
        let futures = self.append(texts, to: &writes)
        writes.markFlushed()
        var (written, received) = ([Int?](), "")
        while !writes.isEmpty {
            written += self.indices(try writes.write(to: socket), in: futures)
            let taken = texts.count * 50_000 - writes.bytes
            #expect(written.count == taken / 50_000)
            received += peer.text(taken - received.utf8.count)
        }
        #expect(written == Array(0..<40))
        #expect(received == texts.joined())
        #expect(writes.bytes == 0)
    }

    @Test func removeAllGivesThePromisesBack() throws {
        var writes = PendingWrites()
        let futures = self.append(["one", "two"], to: &writes)
        writes.append(ByteBuffer(string: "no promise"), nil)
        writes.markFlushed()
        let removed = writes.removeAll()
        #expect(self.indices(removed, in: futures) == [0, 1])
        #expect(writes.isEmpty)
        #expect(!writes.hasFlushed)
        #expect(writes.bytes == 0)
    }

    @Test func closedPeerIsAnError() throws {
        let (socket, peer) = try Peer.pair()
        defer { close(socket) }
        peer.close()
        var writes = PendingWrites()
        writes.append(ByteBuffer(string: "one"), nil)
        writes.markFlushed()
        let error = #expect(throws: IOError.self) { _ = try writes.write(to: socket) }
        #expect(error?.errnoCode == EPIPE)
    }
}

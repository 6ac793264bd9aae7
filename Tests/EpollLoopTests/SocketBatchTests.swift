import Glibc
import TestSupport
import Testing

@testable import EpollLoop

/// Whether this system lets sockets be read and written in batches: container runtimes do not.
private let hasBatches = SocketBatch() != nil

/// A batch is for the thread that made it, so nothing is awaited here.
@Suite(.enabled(if: hasBatches)) struct SocketBatchTests {
    private let batch: SocketBatch

    init() throws { self.batch = try #require(SocketBatch()) }

    private static func bytes(_ text: String) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        buffer.copyBytes(from: text.utf8)
        return buffer
    }

    @Test func eachResultIsThatOfItsCall() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
        defer { buffer.deallocate() }
        let (readable, one) = try Peer.pair()
        let (silent, two) = try Peer.pair()
        let (ended, three) = try Peer.pair()
        let ready = Self.bytes("ready")
        defer { ready.deallocate() }
        one.write("hello")
        three.close()
        for round in 1...100 {
            for (place, socket) in [readable, silent, ended, -1].enumerated() {
                self.batch.addReceive(socket, buffer, at: place)
            }
            for (place, socket) in [silent, ended].enumerated() {
                self.batch.addSend(socket, UnsafeRawBufferPointer(ready), at: 4 + place)
            }
            self.batch.submit()
            let results = (0..<7).map { self.batch.result($0) }
            let (again, none, broken) = (-Int(EAGAIN), -Int(EBADF), -Int(EPIPE))
            let first = round == 1 ? 5 : again
            let expected: [Int?] = [first, again, 0, none, 5, broken, nil]
            #expect(results == expected)
            #expect(two.text(5) == "ready")
        }
        #expect(String(decoding: buffer.prefix(5), as: UTF8.self) == "hello")
        for socket in [readable, silent, ended] { close(socket) }
        for peer in [one, two] { peer.close() }
    }

    @Test func whatTheSystemDoesNotTakeIsSaid() throws {
        let (socket, peer) = try Peer.pair()
        let much = UnsafeMutableRawBufferPointer.allocate(byteCount: 8 << 20, alignment: 16)
        defer { much.deallocate() }
        for place in 0...1 { self.batch.addSend(socket, UnsafeRawBufferPointer(much), at: place) }
        self.batch.submit()
        let sent = try #require(self.batch.result(0))
        #expect(sent > 0)
        #expect(sent < much.count)
        #expect(self.batch.result(1) == -Int(EAGAIN))
        close(socket)
        peer.close()
    }

    @Test func limitIsReachedInOneCall() throws {
        let ends = try (0..<SocketBatch.limit).map { _ in try Peer.pair() }
        let texts = ends.indices.map { Self.bytes("to \($0)") }
        defer { for text in texts { text.deallocate() } }
        for (place, text) in texts.enumerated() {
            self.batch.addSend(ends[place].0, UnsafeRawBufferPointer(text), at: place)
        }
        self.batch.submit()
        for (index, end) in ends.enumerated() {
            let sent = try #require(self.batch.result(index))
            #expect(end.1.text(sent) == "to \(index)")
            close(end.0)
            end.1.close()
        }
    }
}

import EngineIO
import EpollLoop
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOClient

/// ``FrameWriter`` with a channel in memory.
struct FrameWriterTests {
    private final class Fixture {
        let eventLoop: EmbeddedEventLoop
        let held = HeldWrites()
        let channel: EmbeddedChannel
        let writer: FrameWriter
        let traffic: TrafficCounts

        let loop: ClientLoop

        /// - Parameter neighbor: a writer on the same loop.
        init(beside neighbor: Fixture? = nil) throws {
            self.eventLoop = neighbor?.eventLoop ?? EmbeddedEventLoop()
            let loop = neighbor?.loop ?? ClientLoop(eventLoop: self.eventLoop)
            self.loop = loop
            self.traffic = loop.uncounted
            self.channel = try .connected(on: self.eventLoop, self.held)
            self.writer = FrameWriter(loop: loop, traffic: loop.uncounted[.websocket])
            self.writer.attach(self.channel, owner: nil)
        }

        func append(_ opcode: WebSocketOpcode, _ prefix: UInt8?, _ text: String) {
            self.writer.countMessage()
            Array(text.utf8).withUnsafeBytes { self.writer.append(opcode, prefix: prefix, $0) }
        }
    }

    @Test func framesAreCollectedAndWrittenTogether() throws {
        let test = try Fixture()
        test.append(.text, UInt8(ascii: "4"), "hello")
        test.append(.binary, nil, "bytes")
        #expect(try test.channel.writtenFrames().isEmpty)
        #expect(test.writer.bufferedBytes > 0)
        test.writer.flush()
        let buffer = try #require(try test.channel.readOutbound(as: ByteBuffer.self))
        let frames = try SentFrame.read(buffer)
        #expect(frames == [SentFrame(.text, "4hello"), SentFrame(.binary, "bytes")])
        #expect(frames[0].mask != frames[1].mask)
        #expect(try test.channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(test.writer.count == 0)
        let traffic = test.traffic[.websocket].pointee
        #expect(traffic.written == 2)
        #expect(traffic.bytesWritten == buffer.readableBytes)
    }

    @Test(arguments: [0, 1, 124, 125, 126, 65535, 65536, 200_000]) func everyLengthFits(length: Int) throws {
        let test = try Fixture()
        let text = String(repeating: "x", count: length)
        test.append(.binary, nil, text)
        test.append(.text, UInt8(ascii: "4"), text)
        test.writer.flush()
        #expect(try test.channel.writtenFrames() == [SentFrame(.binary, text), SentFrame(.text, "4" + text)])
    }

    /// One flush of the loop for all that is sent in one go.
    @Test func theLoopFlushesOnce() throws {
        let test = try Fixture()
        test.append(.binary, nil, "1")
        test.writer.flushSoon()
        test.append(.binary, nil, "2")
        test.writer.flushSoon()
        #expect(try test.channel.writtenFrames().isEmpty)
        test.eventLoop.run()
        let buffer = try #require(try test.channel.readOutbound(as: ByteBuffer.self))
        #expect(try SentFrame.read(buffer).count == 2)
        test.append(.binary, nil, "3")
        test.writer.flushSoon()
        test.eventLoop.run()
        #expect(try test.channel.writtenFrames() == [SentFrame(.binary, "3")])
    }

    /// It may be in the middle of a write: a loop that has enough for a batch flushes those before.
    @Test func theWriterThatIsAddedIsNotFlushedAtOnce() throws {
        var tests = [try Fixture()]
        while tests.count <= SocketBatch.limit { tests.append(try Fixture(beside: tests[0])) }
        for test in tests {
            test.append(.binary, nil, "1")
            test.writer.flushSoon()
            #expect(try test.channel.writtenFrames().isEmpty)
        }
        for test in tests.dropLast() { #expect(try test.channel.writtenFrames().count == 1) }
        tests[0].eventLoop.run()
        #expect(try tests[SocketBatch.limit].channel.writtenFrames().count == 1)
    }

    @Test func messagesAreWrittenWhenTheChannelHasWrittenThem() throws {
        let test = try Fixture()
        test.held.isHolding = true
        test.append(.binary, nil, "1")
        test.writer.flush()
        #expect(test.writer.isBehind)
        #expect(test.writer.unwrittenMessages == 1)
        #expect(test.traffic[.websocket].pointee.written == 0)
        test.append(.binary, nil, "2")
        test.held.release()
        #expect(!test.writer.isBehind)
        #expect(test.writer.unwrittenMessages == 1)
        #expect(test.traffic[.websocket].pointee.written == 1)
        test.writer.flush()
        #expect(test.writer.unwrittenMessages == 0)
    }

    @Test func drainedMeansThatNothingIsCollectedOrUnwritten() throws {
        let test = try Fixture()
        var drained: [Int] = []
        test.writer.whenDrained { drained.append(0) }
        #expect(drained.isEmpty)
        test.eventLoop.run()
        #expect(drained == [0])
        test.append(.binary, nil, "1")
        test.writer.whenDrained { drained.append(1) }
        test.eventLoop.run()
        #expect(drained == [0])
        test.held.isHolding = true
        test.writer.flush()
        // Nothing is collected now, and the channel has not written it.
        test.writer.whenDrained { drained.append(2) }
        test.eventLoop.run()
        #expect(drained == [0])
        test.held.release()
        test.eventLoop.run()
        #expect(drained == [0, 1, 2])
    }

    @Test func nothingIsWrittenOrNotifiedAfterTheEnd() throws {
        let test = try Fixture()
        var isDrained = false
        test.append(.binary, nil, "1")
        test.writer.whenDrained { isDrained = true }
        test.writer.flushSoon()
        test.writer.detach()
        test.eventLoop.run()
        #expect(try test.channel.writtenFrames().isEmpty)
        #expect(!isDrained)
        #expect(test.writer.unwrittenMessages == 1)
        test.writer.flush()
        test.eventLoop.run()
        #expect(try test.channel.writtenFrames().isEmpty)
        #expect(!isDrained)
    }
}

import Glibc
import ProcessSupport
import Testing

@testable import TerminalClient

@Suite struct StreamOutputTests {
    @Test func aTerminalHasMessagesAndNotesInTheirOrder() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let queue = OutputQueue(FileDescriptorOutput(descriptor: ends[1]), relieved: {}, failed: { _ in })
        let output = StreamOutput(ReportFormat(isTerminal: true), queue, isOneTerminal: true)
        _ = output.add(.text("first"))
        output.problem("a line\u{1B}[2J")
        _ = output.add(.text("second"))
        output.note("end")
        await withCheckedContinuation { continuation in queue.finish { continuation.resume() } }
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = read(ends[0], &bytes, bytes.count)
        #expect(
            String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
                == "first\neio-lua: a line\\u{1b}[2J\nsecond\nend\n")
    }
}

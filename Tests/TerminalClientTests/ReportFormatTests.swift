import JSONText
import SocketIO
import Testing

@testable import TerminalClient

@Suite struct ReportFormatTests {
    private static func text(_ report: Report, _ format: ReportFormat) -> String? {
        format.output(report, at: 1_500_000_000).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let hostile = "a\u{1B}[2J\u{9B}31m\u{202E}\nb\""

    @Test func aPipeGetsTheText() {
        #expect(Self.text(.text(Self.hostile), ReportFormat()) == Self.hostile + "\n")
        #expect(Self.text(.bytes([0, 255]), ReportFormat()) == "{\"binary\":\"AP8=\"}\n")
        #expect(ReportFormat(isRaw: true).output(.bytes([0, 255]), at: 0) == [0, 255])
        #expect(Self.text(.event(name: "n", arguments: [1, ["k": nil]]), ReportFormat()) == "n 1 {\"k\":null}\n")
        #expect(Self.text(.event(name: "a b", arguments: []), ReportFormat()) == "\"a b\"\n")
        #expect(Self.text(.ack(name: "n", arguments: [.bytes([1])]), ReportFormat()) == "ack n {\"binary\":\"AQ==\"}\n")
    }

    @Test(arguments: [false, true])
    func aTerminalGetsNoControls(isRaw: Bool) throws {
        let format = ReportFormat(isTerminal: true, isRaw: isRaw)
        let reports: [Report] = [
            .text(Self.hostile), .event(name: Self.hostile, arguments: [.string(Self.hostile)]),
            .bytes(Array(Self.hostile.utf8)),
        ]
        for report in reports {
            let text = try #require(Self.text(report, format))
            #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) })
            // A second line cannot be taken for another message.
            #expect(!text.contains("\nb"))
        }
    }

    @Test func jsonKeepsTheTextAndHasNoControls() throws {
        let line = try #require(Self.text(.text(Self.hostile), ReportFormat(isJSON: true)))
        #expect(!line.dropLast().unicodeScalars.contains { $0.value < 0x20 || ["\u{9B}", "\u{202E}"].contains($0) })
        let json = try #require(JSON(parsing: line.utf8))
        #expect(json["data"] == .string(Self.hostile))
        #expect(json["type"] == .string("message"))
        #expect(json["time"] == .string("1970-01-01T00:00:01.500000Z"))
    }
}

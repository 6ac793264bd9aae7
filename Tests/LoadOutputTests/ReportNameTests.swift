import Testing

@testable import LoadOutput

/// The file name that a browser proposes for a saved report.
struct ReportNameTests {
    @Test(arguments: [
        ("chat.lua", "chat-report.html"), ("scripts/load/chat room.lua", "chat-room-report.html"),
        ("a.b", "a.b-report.html"), ("-", "run-report.html"), ("", "run-report.html"), ("..lua", "run-report.html"),
        ("../../.profile", "profile-report.html"), ("a\"\r\nX: y.lua", "a---X--y-report.html"),
        ("größe.lua", "gr--e-report.html"), ("/", "run-report.html"),
    ])
    func name(script: String, name: String) { #expect(HTTPAnswer.reportName(script: script) == name) }

    @Test func lengthIsBounded() {
        #expect(HTTPAnswer.reportName(script: String(repeating: "x", count: 5000)).utf8.count < 100)
    }
}

import TestSupport
import Testing

@testable import EngineIO

/// Addresses that nobody means: they cost neither much time nor the process.
struct ServerURLRubbishTests {
    @Test(arguments: ["a", "/", "?", "&", "%41", "@", ":", "[", "\u{301}", "sid&", "../", "#", "\r\n"])
    func longRubbishTakesNoLongTime(piece: String) throws {
        let server = try ServerURL("http://h")
        expectLinearTime(size: 20_000) {
            String(repeating: piece, count: $0 / piece.utf8.count)
        } work: { rubbish in
            for start in ["", "http://", "http://[", "http://h/", "http://h?"] {
                let text = start + rubbish
                if let url = try? ServerURL(text) {
                    _ = url.requestTarget(engineIOPath: text, transport: "polling", sid: text, timestamp: nil)
                }
                _ = try? server.resolve(location: text, engineIOPath: text)
            }
        }
    }

    @Test func randomRubbishIsNoCrash() {
        let pieces = [
            "http", "ws", ":", "//", "/", "@", "[", "]", "::1", "%25", "%", "?", "#", "&", "=", "sid", "t", "h", ".",
            "..",
            "99999", "80", "é", "\u{301}", "\0", " ", "\r\n", "\u{10FFFF}",
        ]
        var generator = SeededGenerator(seed: 11)
        var accepted = 0
        let slash = UInt8(ascii: "/")
        for _ in 0..<20_000 {
            let text = (0..<generator.below(10)).map { _ in pieces[generator.below(pieces.count)] }.joined()
            for candidate in [text, "http://" + text, "http://h" + text] {
                guard let url = try? ServerURL(candidate) else { continue }
                accepted += 1
                let target = url.requestTarget(engineIOPath: text, transport: "polling", sid: text, timestamp: "1.5")
                #expect(target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(candidate)")
                #expect(target.utf8.count { $0 == UInt8(ascii: "?") } >= 1)
                guard let (resolved, path) = try? url.resolve(location: text, engineIOPath: text) else { continue }
                #expect(path.utf8.first == slash && path.utf8.last == slash, "\(candidate) to \(text)")
                #expect(!resolved.host.isEmpty)
            }
        }
        #expect(accepted > 1000)
    }
}

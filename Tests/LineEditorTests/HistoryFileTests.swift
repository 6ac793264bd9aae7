import Glibc
import Testing

@testable import LineEditor

@Suite struct HistoryFileTests {
    private func withFile(limit: Int = 3, _ body: (HistoryFile, String) throws -> Void) rethrows {
        var template = Array("/tmp/eio-lua-history-XXXXXX".utf8CString)
        let folder = String(cString: mkdtemp(&template))
        let path = "\(folder)/state/lines"
        defer {
            unlink(path)
            rmdir("\(folder)/state")
            rmdir(folder)
        }
        try body(HistoryFile(path: path, limit: limit), path)
    }

    @Test func linesComeBackInAFileOfTheUserAlone() {
        self.withFile { file, path in
            #expect(file.load() == [])
            file.append("print(1)")
            file.append("größe = 2")
            #expect(file.load() == ["print(1)", "größe = 2"])
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        }
    }

    @Test func aFileIsBounded() {
        self.withFile { file, path in
            for number in 1...7 { file.append("line \(number)") }
            #expect(file.load() == ["line 5", "line 6", "line 7"])
            var info = stat()
            #expect(stat(path, &info) == 0 && info.st_size == 21)
            file.append(String(repeating: "x", count: 5000))
            #expect(file.load().last == "line 7")
        }
    }

    @Test func onlyTheEndOfALargeFileIsRead() {
        self.withFile(limit: 1_000_000) { file, _ in
            for number in 1...400 { file.append("\(number) " + String(repeating: "x", count: 4000)) }
            let lines = file.load()
            #expect(lines.count < 300 && lines.last?.hasPrefix("400 ") == true)
            #expect(lines.allSatisfy { $0.utf8.count > 4000 })
        }
    }
}

import EngineIOClient
import Foundation
import Testing

@Suite struct ReadmeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func exampleIsTheOneThatIsCompiled() throws {
        let source = try Self.text("ReadmeExample.swift")
        let body = try #require(
            source.range(of: "// README begins\n(.|\n)*?    // README ends", options: .regularExpression))
        let compiled = source[body].split(separator: "\n").dropFirst().dropLast()
            .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
            .joined(separator: "\n")
            .replacingOccurrences(of: "url)  // \"http://localhost:5000\"", with: "\"http://localhost:5000\")")
        let readme = try Self.text("../../README.md")
        #expect(readme.contains("```swift\nimport EngineIOClient\n\n\(compiled)\n```"))
    }

    @Test(.needsPython, .timeLimit(.minutes(1))) func exampleRunsAgainstPythonEngineIO() async throws {
        try await PythonServer.run { server in
            var received: [Message] = []
            try await runReadmeExample(at: server.url) { _, message in received.append(message) }
            #expect(received == [.text("hello")])
        }
    }
}

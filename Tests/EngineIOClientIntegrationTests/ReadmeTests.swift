import EngineIOClient
import Foundation
import SocketIO
import Testing

@Suite struct ReadmeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
    }

    @Test(arguments: [("ReadmeExample", "EngineIOClient"), ("SocketIOReadmeExample", "SocketIOClient")])
    func exampleIsTheOneThatIsCompiled(file: String, product: String) throws {
        let source = try Self.text("\(file).swift")
        let body = try #require(
            source.range(of: "// README begins\n(.|\n)*?    // README ends", options: .regularExpression))
        let compiled = source[body].split(separator: "\n").dropFirst().dropLast()
            .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
            .joined(separator: "\n")
            .replacingOccurrences(of: "url)  // \"http://localhost:5000\"", with: "\"http://localhost:5000\")")
        let readme = try Self.text("../../README.md")
        #expect(readme.contains("```swift\nimport \(product)\n\n\(compiled)\n```"))
    }

    @Test(.needsPython, .timeLimit(.minutes(1))) func exampleRunsAgainstPythonEngineIO() async throws {
        try await PythonServer.run { server in
            var received: [Message] = []
            try await runReadmeExample(at: server.url) { _, message in received.append(message) }
            #expect(received == [.text("hello")])
        }
    }

    @Test(.needsPython, .timeLimit(.minutes(1))) func exampleRunsAgainstPythonSocketIO() async throws {
        try await PythonServer.run("socketio_server.py") { server in
            var printed: [[SocketIOValue]] = []
            try await runSocketIOReadmeExample(at: server.url) { _, values in printed.append(values) }
            #expect(printed == [["hello", 42], [["name": "bot"]]])
        }
    }
}

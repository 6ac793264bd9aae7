import Foundation
import FoundationNetworking
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// For tests that need python-engineio and python-socketio: `scripts/test.sh integration` names the Python that has
    /// them.
    static var needsPython: Self {
        .enabled(if: PythonServer.python != nil, "EIO_PYTHON does not name a Python with python-engineio")
    }
}

/// A server of python-engineio or python-socketio under uvicorn, in its own process.
final class PythonServer: Sendable {
    struct CannotStart: Error, CustomStringConvertible {
        var description: String
    }

    static let python = ProcessInfo.processInfo.environment["EIO_PYTHON"]

    private let identifier: pid_t
    let port: Int

    var url: String { "http://127.0.0.1:\(self.port)" }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `body` with a server of its own.
    ///
    /// - Parameters:
    ///   - script: that of the server. That of python-engineio echoes, and obeys messages such as `cmd:disconnect`.
    ///   - options: such as `["--ping-interval", "0.3"]`.
    static func run(
        _ script: String = "uvicorn_server.py", options: [String] = [], _ body: (PythonServer) async throws -> Void
    ) async throws {
        let server = try await onOwnThread { try PythonServer(script, options) }
        defer { server.stop() }
        try await body(server)
    }

    /// Blocks until the server listens.
    private init(_ script: String, _ options: [String]) throws {
        guard let python = Self.python else { throw CannotStart(description: "there is no EIO_PYTHON") }
        let script = Self.root.appendingPathComponent("Tests/Integration/harness/servers/\(script)")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: python, relativeTo: Self.root)
        process.arguments = [script.path] + options
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.identifier = process.processIdentifier
        var line = ""
        while !line.contains("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { throw CannotStart(description: "the server ended before it listened: \(line)") }
            line += String(decoding: data, as: UTF8.self)
        }
        let word = line.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        guard let port = Int(word) else {
            kill(self.identifier, SIGKILL)
            throw CannotStart(description: "not a port: \(line)")
        }
        self.port = port
    }

    /// Ends the process by SIGKILL, because uvicorn would wait until its connections have ended.
    private func stop() { kill(self.identifier, SIGKILL) }

    /// Stops the process as if the machine slept.
    func suspend() { kill(self.identifier, SIGSTOP) }
}

extension PythonServer {
    /// The text messages that the server received, in order, when there are at least `count` of them or after 20 s: a
    /// client may be gone before a slow server has read its messages.
    func messages(atLeast count: Int) async throws -> [String] {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let messages = try await self.messages()
            if messages.count >= count || ContinuousClock.now > end { return messages }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func messages() async throws -> [String] {
        struct Statistics: Decodable { var messages: [String] }
        guard let url = URL(string: "\(self.url)/stats") else { return [] }
        let (data, _) = try await URLSession.shared.data(from: url)
        return try JSONDecoder().decode(Statistics.self, from: data).messages
    }
}

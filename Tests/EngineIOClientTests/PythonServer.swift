import Foundation
import FoundationNetworking

/// python-engineio under uvicorn, as its own process. It echoes, and obeys messages such as `cmd:disconnect`.
final class PythonServer {
    struct CannotStart: Error, CustomStringConvertible {
        var description: String
    }

    fileprivate let process = Process()
    let port: Int

    var url: String { "http://127.0.0.1:\(self.port)" }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter options: such as `["--ping-interval", "0.3"]`.
    init(_ options: [String] = []) throws {
        let python = Self.root.appendingPathComponent(".venv-test/bin/python")
        let script = Self.root.appendingPathComponent("Tests/Integration/harness/servers/uvicorn_server.py")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw CannotStart(description: "there is no .venv-test: run scripts/test.sh, which sets it up")
        }
        let output = Pipe()
        self.process.executableURL = python
        self.process.arguments = [script.path] + options
        self.process.standardOutput = output
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        var line = ""
        while !line.contains("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { throw CannotStart(description: "the server ended before it listened: \(line)") }
            line += String(decoding: data, as: UTF8.self)
        }
        let word = line.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        guard let port = Int(word) else { throw CannotStart(description: "not a port: \(line)") }
        self.port = port
    }

    /// By SIGKILL: uvicorn would wait for its connections to end, and whoever reads the output of the tests for it.
    func stop() { kill(self.process.processIdentifier, SIGKILL) }

    deinit {
        if self.process.isRunning { self.stop() }
    }
}

extension PythonServer {
    /// The text messages that the server received, in order, when they are so many or 20 s are over: a client may be gone
    /// before a slow server has read what it sent.
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

    /// Stops the process as if the machine slept.
    func suspend() { _ = self.process.suspend() }

    func resume() {
        _ = self.process.resume()
        self.stop()
    }
}

/// A socket that accepts connections and says nothing.
final class SilentServer {
    struct CannotListen: Error {}

    private let descriptor: Int32
    let port: Int

    init() throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else { throw CannotListen() }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    func awaitConnection() { _ = accept(self.descriptor, nil, nil) }

    func close() { _ = Foundation.close(self.descriptor) }
}

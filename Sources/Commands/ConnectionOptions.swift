import CommandLineParser
import EngineIO
import EngineIOClient
import ProcessSupport

/// The way to a server: headers, transports, path, TLS.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.customShort("H"), .customLong("header")], parsing: .unconditional,
        help: ArgumentHelp("Send a header 'NAME: VALUE' with every request. May be repeated.", valueName: "header"))
    var headers: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("polling, websocket, or both. (default: polling,websocket)", valueName: "names"))
    var transport: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The path of the server's endpoint. (default: engine.io, or socket.io)", valueName: "path"))
    var path: String?

    @Flag(help: "Connect again, after a pause, when connecting has failed or the connection was lost.")
    var retry = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A PEM file with the certificates to trust instead of the system's.", valueName: "file"))
    var caFile: String?

    @Flag(name: [.customShort("k"), .customLong("insecure")], help: "Accept any certificate of the server.")
    var isInsecure = false

    var configuration: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.verifiesCertificates = !self.isInsecure
        configuration.authoritiesFile = self.caFile
        configuration.authoritiesOption = "--ca-file"
        return configuration
    }

    func options(url: String, isSocketIO: Bool) throws -> ConnectOptions {
        var options: ConnectOptions
        do {
            options = ConnectOptions(url: try ServerURL(url))
        } catch {
            throw ValidationError(error.description)
        }
        options.engineIOPath = self.path ?? (isSocketIO ? "socket.io" : options.engineIOPath)
        options.missingPathHint = .command(isSocketIO: isSocketIO)
        options.headers = try self.headers.map { try Self.header($0) }
        if let transport {
            options.transports = try transport.split(separator: ",", omittingEmptySubsequences: false).map { name in
                guard let transport = Transport(rawValue: String(name)) else {
                    throw ValidationError("'\(name)' is not a transport: write polling, websocket or polling,websocket")
                }
                return transport
            }
        }
        try Self.checkPath(options, isSocketIO: isSocketIO)
        return options
    }

    /// Headers may have secrets: errors show no value.
    private static func header(_ text: String) throws -> (name: String, value: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw ValidationError("--header needs 'NAME: VALUE', and one was given without a colon")
        }
        let name = String(text[..<colon])
        let value = text[text.utf8.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
            throw ValidationError("--header: '\(name)' is not a valid header name")
        }
        if RequestHeaders.isReserved(name) {
            throw ValidationError("--header: '\(name)' is set by the client itself")
        }
        if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
            throw ValidationError("--header: the value of '\(name)' has a control character")
        }
        return (name, String(value))
    }

    /// A byte of a token (RFC 9110, section 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// The path of the url is not used: a user who writes one means something else.
    private static func checkPath(_ options: ConnectOptions, isSocketIO: Bool) throws {
        let path = ServerURL.normalized(options.url.path)
        guard path != "/", path != ServerURL.normalized(options.engineIOPath) else { return }
        let namespace = isSocketIO ? "-n \(path.dropLast()) or " : ""
        throw ValidationError(
            "the path \(path) of the url is not used: write \(namespace)--path \(path.dropFirst().dropLast())")
    }
}

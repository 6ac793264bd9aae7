import EngineIO

/// The advice for the user of a program whose server has nothing at the path: the option with the path, and the client
/// that other servers need.
package struct MissingPathHint: Sendable {
    private let option: String
    /// The path without the option.
    private let defaultPath: String
    /// The continuation after the default path.
    private let others: String

    package static let engineIO = Self(
        option: "engineio_path", defaultPath: ConnectOptions.defaultPath,
        others: ", such as engineio_path = \"socket.io\" for a Socket.IO server; "
            + "require \"socketio\" is the client for its events")
    package static let socketIO = Self(
        option: "socketio_path", defaultPath: "socket.io",
        others: "; require \"engineio\" is the client for a plain Engine.IO server, at /engine.io/")

    /// For the user of a command.
    package static func command(isSocketIO: Bool) -> Self {
        Self(
            option: "--path", defaultPath: isSocketIO ? "socket.io" : ConnectOptions.defaultPath,
            others: isSocketIO
                ? "; a plain Engine.IO server needs no --socketio" : "; a Socket.IO server needs --socketio")
    }

    /// - Parameter path: of the request, as an error may show it.
    func text(path: some StringProtocol) -> String {
        let text = "the server has nothing at \(path): the option \(self.option) names another path"
        return path == ServerURL.requestPath(engineIOPath: self.defaultPath) ? text + self.others : text
    }
}

import EngineIOClient
import Logging
import SocketIO

/// The server, and the way to connect to it.
package struct LinkSettings: Sendable {
    package var options: ConnectOptions
    package var configuration = ClientConfiguration()
    /// Nil for a server of Engine.IO.
    package var socketIO: SocketIO?
    /// Connects again after a failure or a loss.
    package var retries = false
    package var trace: SwitchedTracer?
    package var logger: Logger

    package struct SocketIO: Sendable {
        package var namespace: String
        package var auth: SocketIOValue?

        package init(namespace: String, auth: SocketIOValue?) {
            (self.namespace, self.auth) = (namespace, auth)
        }
    }

    package init(_ options: ConnectOptions, logger: Logger) {
        (self.options, self.logger) = (options, logger)
    }
}

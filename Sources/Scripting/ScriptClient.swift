import CLuaHost
import EngineIO
import EngineIOClient
import Logging
import NIOCore

/// One client object of a script, of whichever protocol: the context that C has of it.
class ScriptClient {
    let handle: OpaquePointer
    unowned let host: ScriptHost
    let settings: ClientSettings
    let logger: Logger
    /// The client object is gone, or the script does not run any more.
    private(set) var isReleased = false
    /// The strings that were last handed to C, of an error.
    private var lent: SliceArena?
    private var didWarnOfPath = false
    private var onClosed: (() -> Void)?

    /// How long `disconnect` may take to write what is queued, unless the script says otherwise.
    private static let defaultFlush = TimeAmount.seconds(30)
    /// How long a client may take to close that nobody waits for.
    static let shortClose = TimeAmount.seconds(2)

    init(handle: OpaquePointer, host: ScriptHost, settings: ClientSettings, logger: Logger) {
        self.handle = handle
        self.host = host
        self.settings = settings
        self.logger = logger
    }

    // MARK: For each protocol

    var isOpen: Bool { false }
    var bufferedBytes: Int { 0 }
    func close(timeout: TimeAmount, abort: Bool) {}
    func setReading(_ isOn: Bool) {}
    func notifyDrained() {}

    // MARK: Requests of the script

    func release() {
        self.isReleased = true
        self.close(timeout: Self.shortClose, abort: true)
        self.host.release(self)
    }

    func disconnect(timeout: Double, abort: Bool) {
        self.close(timeout: timeout < 0 ? Self.defaultFlush : .seconds(fromScript: timeout), abort: abort)
    }

    /// Closes without an event for the script, which does not run any more.
    func closeSilently(timeout: TimeAmount, completion: @escaping () -> Void) {
        self.isReleased = true
        self.onClosed = completion
        self.close(timeout: timeout, abort: false)
    }

    func ended() {
        let completion = self.onClosed
        self.onClosed = nil
        completion?()
    }

    /// Fills the error for C, and returns the status that C expects.
    func refuse(_ error: ServerURLError, _ out: UnsafeMutablePointer<luahost_error>) -> Int32 {
        let arena = SliceArena()
        self.lent = arena
        var failure = luahost_error()
        failure.type = arena.slice("ValueError")
        failure.message = arena.slice(error.description)
        failure.code = -1
        out.pointee = failure
        return 1
    }

    /// A text that C may read until the next one is lent.
    func lend(_ text: String?) -> luahost_slice {
        let arena = SliceArena()
        self.lent = arena
        return arena.slice(text)
    }

    /// - Parameter explainer: knows the protocol over Engine.IO, if there is one.
    func makeObserver(explainer: (any MessageExplainer)? = nil) -> SessionObserver {
        SessionObserver(
            logger: self.logger, trace: self.host.clientDefaults.trace, meter: self.host.meter, explainer: explainer,
            loop: self.host.loop)
    }

    func connectOptions(_ options: luahost_connect_options) throws(ServerURLError) -> ConnectOptions {
        var result = ConnectOptions(url: try ServerURL(String(options.url)))
        result.engineIOPath = String(options.engineio_path)
        result.triesAllTransports = options.try_all_transports
        let order = options.transports.order
        result.transports = [order.0, order.1, order.2].compactMap(Transport.init(code:))
        for pair in UnsafeBufferPointer(start: options.headers.items, count: options.headers.count) {
            let name = String(pair.name)
            if RequestHeaders.isReserved(name) {
                throw ServerURLError(message: "the header \"\(name)\" is set by the client itself")
            }
            result.headers.append((name, String(pair.value)))
        }
        return result
    }

    /// As in python the path of the url is not used, although a user who writes one expects that it is.
    ///
    /// - Parameters:
    ///   - option: the option of `connect` that has the path.
    ///   - namesNamespace: whether the user may have meant a namespace, which is the path in JavaScript.
    func warnOfPath(of options: ConnectOptions, option: String, namesNamespace: Bool = false) {
        let path = ServerURL.normalized(options.url.path)
        guard !self.didWarnOfPath, path != "/", path != ServerURL.normalized(options.engineIOPath),
            let shown = RefusalText.line(options.url.path)
        else { return }
        self.didWarnOfPath = true
        let name = RefusalText.line(String(path.dropFirst().dropLast())) ?? ""
        let namespace = namesNamespace ? "namespaces = \"/\(name)\" or " : ""
        self.logger.warning(
            """
            the path \(shown) of the url is not used: write \(namespace)\(option) = "\(name)" in the options of \
            connect()
            """)
    }
}

extension ScriptHost {
    /// Those that the sessions of a client with these options share.
    func settings(_ options: luahost_client_options) -> ClientSettings {
        var configuration = ClientConfiguration(options)
        configuration.localAddress = self.clientDefaults.localAddress
        return ClientSettings(loop: self.loop, configuration: configuration)
    }

    /// The logger of a client with these options.
    func logger(_ options: luahost_client_options) -> Logger {
        var logger = self.logger
        switch options.logger {
        case LUAHOST_LOG_INFO: logger.logLevel = min(logger.logLevel, .info)
        case LUAHOST_LOG_DEBUG: logger.logLevel = min(logger.logLevel, .debug)
        default: break
        }
        return logger
    }
}

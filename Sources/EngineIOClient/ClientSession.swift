import EngineIO
import Logging
import NIOCore
import NIOHTTP1

/// One session from the handshake to its end, on one event loop: runs what the state machines decide.
package final class ClientSession {
    /// How long a server may take to answer the goodbye once all is written.
    static let farewell = TimeAmount.seconds(2)

    let loop: ClientLoop
    let options: ConnectOptions
    let configuration: ClientConfiguration
    let observer: SessionObserver
    /// A copy of the observer's: each message checks it once.
    let watchesPackets: Bool
    /// Released when the session has ended.
    var delegate: (any SessionDelegate)?
    let connector: Connector
    let pollingTraffic: UnsafeMutablePointer<Traffic>
    let webSocketTraffic: UnsafeMutablePointer<Traffic>

    var builder: RequestBuilder
    /// Not checked for overlapping accesses: its methods call nothing, and each message would pay for the check.
    @exclusivity(unchecked) var machine = SessionStateMachine()
    var polling = PollingStateMachine()
    var upgrade: UpgradeStateMachine?
    var pollConnection: HTTPConnection?
    var postConnection: HTTPConnection?
    /// Packets for the next POST, or for the websocket that is being tried.
    var queue = CircularBuffer<Packet>(initialCapacity: 0)
    var queuedBytes = 0
    var messagesInFlight = 0
    var bytesInFlight = 0
    var handshaking: WebSocketHandshake?
    var webSocket: WebSocketHandler? {
        didSet { self.sender = self.webSocket.map { Unmanaged.passUnretained($0) } }
    }
    /// ``webSocket`` for the one call that each message makes: without a retain.
    private(set) var sender: Unmanaged<WebSocketHandler>?
    var transport: Transport?
    var handshake: Handshake?

    var transportsLeft: ArraySlice<Transport>
    var redirectsLeft = 5
    var connectTimer: NetworkTimer?
    /// Limit the stage that the session is in: the open packet, the probe, the farewell.
    var stageTimers: [NetworkTimer] = []
    var closeTimer: NetworkTimer?
    var heartbeat: Heartbeat?
    var heartbeatCallback: NIOScheduledCallback?
    /// The script is behind.
    var isReadingPaused = false
    /// Far more than `max_buffered` waits to be posted.
    var isFarBehind = false
    /// The rest of a polling body.
    var payload: UnreadPayload?
    /// A turn reads from it.
    var isReadingPayload = false
    var isPayloadTurnDue = false
    /// The connection is gone, and what came before is read to its end, whether the script keeps up or not.
    var readsToEnd = false
    /// How the session will end then.
    var loss: DisconnectDetail?
    /// What the script got meanwhile though it was behind, in bytes of memory.
    var overrun = 0
    var unexpectedPackets = 0
    /// A sender was told to wait.
    var isFull = false
    /// Somebody waits for all to be written.
    var isDrainAwaited = false
    var isPumpDue = false
    /// What waits for the end of the upgrade.
    var afterUpgrade: ((ClientSession) -> Void)?
    /// What the server takes at once, in bytes: its maxPayload.
    var serverLimit = Int.max
    /// Said of a message that was longer.
    var oversized: String?
    var isConnectedTold = false
    /// When connecting began, and when the session opened.
    var startedAt = NIODeadline.uptimeNanoseconds(0)
    var openedAt = NIODeadline.uptimeNanoseconds(0)
    var isEndMeasured = false
    var isEndTold = false
    /// The end was told, and the goodbye is still on its way.
    var isSayingFarewell = false

    package init(
        loop: ClientLoop, options: ConnectOptions, configuration: ClientConfiguration, cookies: CookieStore,
        observer: SessionObserver, delegate: any SessionDelegate
    ) {
        self.loop = loop
        self.options = options
        self.configuration = configuration
        self.observer = observer
        self.watchesPackets = observer.watchesPackets
        self.delegate = delegate
        self.connector = Connector(loop: loop, configuration: configuration, observer: observer)
        self.pollingTraffic = observer.traffic[.polling]
        self.webSocketTraffic = observer.traffic[.websocket]
        self.builder = RequestBuilder(
            options, timestamps: configuration.timestampsRequests, cookies: cookies, logger: observer.logger)
        self.transportsLeft = options.transports[...]
    }

    func schedule(_ amount: TimeAmount, _ body: @escaping (ClientSession) -> Void) -> NetworkTimer {
        // No weak reference: one makes every retain of the object slower for good. What is scheduled is cancelled at the
        // end, or over soon.
        NetworkTimer(on: self.loop.eventLoop, in: amount) { body(self) }
    }
}

import EngineIO
import Logging
import NIOCore
import NIOHTTP1

/// HTTP long-polling: does what ``PollingStateMachine`` wants, at most one GET and one POST at a time.
final class PollingTransport: UpgradeSource {
    let session: ClientSession
    let context: SessionContext
    let carrier: Carrier
    var machine = PollingStateMachine()
    private var gets: HTTPConnection?
    private var posts: HTTPConnection?
    var waiting = PacketQueue()
    private var drain = DrainWaiters()
    private var isPumpDue = false
    /// The script is behind.
    private var isPaused = false
    /// Far more than `max_buffered` waits to be posted: reading would only add to it.
    private(set) var isFarBehind = false
    /// The answer that is being read.
    var body = PolledBody()

    init(_ session: ClientSession) {
        self.session = session
        self.context = session.context
        self.carrier = Carrier(.polling, session.context.observer)
    }

    var upgrade: Transport { .websocket }
    var direct: WebSocketHandler? { nil }
    var phase: ConnectionError.Phase { self.gets?.phase ?? .tcp }
    var missingOpenPacket: String { "OPEN packet not returned by server" }

    // MARK: Opening

    func open() {
        let connection = self.makeConnection()
        self.gets = connection
        connection.send(self.context.requests.poll(), timeout: self.context.configuration.requestTimeout) { result in
            switch result {
            case .failure(let failure): self.session.failed(self, OpeningFailure(error: failure.error))
            case .success(let response): self.answered(response)
            }
        }
    }

    private func answered(_ response: HTTPResponse) {
        self.context.requests.store(response)
        guard response.isSuccess else {
            let failure = OpeningFailure(error: ConnectionError(response), response: response)
            return self.session.failed(self, failure)
        }
        if let hint = response.body.withUnsafeReadableBytes({ Self.versionHint($0) }) {
            let error = ConnectionError(.open, "Unexpected response from server", cause: hint)
            return self.session.failed(self, OpeningFailure(error: error))
        }
        self.session.connected(self, opensWithin: nil)
        self.read(response.body)
        self.session.firstAnswerRead(by: self)
    }

    /// Engine.IO 3 writes the length before each packet: `96:0{"sid":…`.
    static func versionHint(_ payload: UnsafeRawBufferPointer) -> String? {
        let digits = payload.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, payload.dropFirst(digits.count).first == UInt8(ascii: ":") else { return nil }
        return "the server speaks Engine.IO 3, this client speaks Engine.IO 4"
    }

    func start() { self.resume() }

    func pause() {
        self.machine.pause()
        self.pump()
    }

    func resume() {
        self.machine.run()
        self.pump()
    }

    // MARK: Sending

    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        if kind == .text, let offset = bytes.firstIndex(of: PayloadReader.separator) { return .separator(offset) }
        let most = self.context.configuration.maximumBuffered
        if !mayWait && self.waiting.bytes > most { return .refused }
        let observer = self.context.observer
        if observer.logsPackets { observer.logMessage("Sending", kind, bytes) }
        self.carrier.traffic.pointee.accepted &+= 1
        self.waiting.append(Packet(type: .message, kind: kind, data: ByteBuffer(bytes: bytes)))
        self.pumpSoon()
        guard self.waiting.bytes > most else { return .sent }
        // Not before: a server that is not polled cannot ping.
        if self.waiting.bytes - most > most {
            self.isFarBehind = true
            self.readingChanged()
        }
        return .full
    }

    func sendPong(_ data: UnsafeRawBufferPointer) {
        guard self.waiting.putPong(data, log: { self.context.observer.log("Sending", .pong) }) else { return }
        self.pumpSoon()
    }

    var bufferedBytes: Int { self.waiting.bytes }

    var unwrittenMessages: Int { self.waiting.messages }

    func whenDrained(_ body: @escaping () -> Void) { self.drain.add(body) }

    /// Packets that a script sends in one go make one POST.
    private func pumpSoon() {
        guard !self.isPumpDue else { return }
        self.isPumpDue = true
        self.context.later { self.pump() }
    }

    /// Does what the state machine wants next.
    func pump() {
        self.isPumpDue = false
        switch self.machine.next(hasPackets: !self.waiting.isEmpty) {
        case .none: break
        case .post: self.post()
        case .poll(let delay): self.poll(after: delay)
        case .postAndPoll(let delay):
            self.post()
            self.poll(after: delay)
        case .paused: self.session.paused(self)
        case .finished: self.session.closed(self, DisconnectDetail(.client))
        }
    }

    private func poll(after milliseconds: Int64) {
        if milliseconds == 0 { return self.poll() }
        _ = NetworkTimer(on: self.context.loop.eventLoop, in: .milliseconds(milliseconds)) {
            if self.machine.pollDelayEnded() { self.poll() } else { self.pump() }
        }
    }

    private func makeConnection() -> HTTPConnection {
        HTTPConnection(connector: self.context.connector, url: self.context.requests.url)
    }

    private func post() {
        let body = self.waiting.take(
            maxPayload: self.session.handshake?.maxPayload, by: self.carrier.name, trace: self.context.observer.trace)
        let connection = self.posts ?? self.makeConnection()
        self.posts = connection
        var request = self.context.requests.post()
        request.body = body
        self.send(request, on: connection, redirectsLeft: 5)
    }

    private func send(_ request: HTTPRequest, on connection: HTTPConnection, redirectsLeft: Int) {
        connection.send(request, timeout: self.context.configuration.requestTimeout) { result in
            switch result {
            case .failure(let failure):
                self.session.closed(self, DisconnectDetail(failure))
            case .success(let response) where response.isSuccess:
                self.context.requests.store(response)
                self.carrier.traffic.pointee.bytesWritten &+= request.body?.readableBytes ?? 0
                self.posted()
            case .success(let response):
                // 307 and 308 keep the method and the body; any other redirect would lose the messages.
                if [307, 308].contains(response.status), redirectsLeft > 0,
                    let location = response.headers.first(name: "Location"),
                    (try? self.context.requests.follow(location: location)) != nil
                {
                    let connection = self.makeConnection()
                    self.posts?.close()
                    self.posts = connection
                    var again = self.context.requests.post()
                    again.body = request.body
                    return self.send(again, on: connection, redirectsLeft: redirectsLeft - 1)
                }
                self.session.closed(self, DisconnectDetail(response))
            }
        }
    }

    private func posted() {
        self.carrier.traffic.pointee.written &+= self.waiting.posted()
        self.machine.postEnded()
        if self.session.isClosing, self.waiting.isEmpty { self.session.closePacketWritten() }
        self.pump()
        let most = self.context.configuration.maximumBuffered
        if self.isFarBehind, self.waiting.bytes <= most {
            self.isFarBehind = false
            self.readingChanged()
        }
        if self.waiting.bytes <= most / 2 { self.session.writable() }
        if self.waiting.bytes == 0 { self.drain.notify(on: self.context.loop.eventLoop) }
    }

    private func poll() {
        guard self.session.isOpen, let handshake = self.session.handshake else { return self.pollEnded() }
        let connection = self.gets ?? self.makeConnection()
        self.gets = connection
        let observer = self.context.observer
        if observer.logsPackets {
            observer.logger.info("Sending polling GET request to \(self.context.requests.address(self.carrier.name))")
        }
        // The server answers at least at each ping; the heartbeat notices when it does not.
        let limit = TimeAmount.milliseconds(Int64(handshake.pingInterval + handshake.pingTimeout)) + .seconds(5)
        connection.send(self.context.requests.poll(), timeout: limit) { result in
            switch result {
            case .failure(let failure): self.session.closed(self, DisconnectDetail(failure))
            case .success(let response): self.polled(response)
            }
        }
    }

    private func polled(_ response: HTTPResponse) {
        self.context.requests.store(response)
        // The answer to the last GET of a closing session does not matter.
        if self.session.isClosing { return self.pollEnded() }
        guard response.isSuccess else { return self.session.closed(self, DisconnectDetail(response)) }
        let body = response.body
        self.carrier.traffic.pointee.bytesReceived &+= body.readableBytes
        self.read(body)
    }

    private func pollEnded() {
        self.machine.pollEnded(isEmpty: true)
        self.pump()
    }

    // MARK: Reading

    func setReading(_ isOn: Bool) {
        self.isPaused = !isOn
        self.readingChanged()
    }

    var holdsPings: Bool { self.isFarBehind || self.body.payload != nil }

    var holdsReading: Bool { self.isPaused || self.isFarBehind }

    /// Checks what may be read now. The rest of a body is read on, later.
    func readingChanged() {
        if self.holdsReading { self.machine.pauseReading() } else { self.machine.resumeReading() }
        self.session.readingChanged()
        if self.readsBody {
            self.readBodySoon()
        } else if !self.holdsReading {
            self.pumpSoon()
        }
    }

    // MARK: Closing

    func close(timeout: TimeAmount) {
        self.waiting.append(.close)
        self.machine.close()
        self.pump()
        // The rest of a body is read, for its pings.
        self.readingChanged()
    }

    func abort() -> Bool {
        self.close(timeout: .zero)
        return false
    }

    /// The server takes no request for the session any more.
    func serverClosed() {}

    func handOver() -> WaitingPackets {
        self.closeConnections()
        self.isFarBehind = false
        defer {
            self.waiting = PacketQueue()
            self.drain = DrainWaiters()
        }
        return WaitingPackets(packets: self.waiting.packets, drain: self.drain)
    }

    func readToEnd() {
        self.machine.stop()
        self.closeConnections()
        self.readingChanged()
    }

    func drop() {
        self.machine.stop()
        self.closeConnections()
        self.body.payload = nil
        self.waiting = PacketQueue()
        self.drain.removeAll()
    }

    private func closeConnections() {
        self.gets?.close()
        self.gets = nil
        self.posts?.close()
        self.posts = nil
    }
}

extension DisconnectDetail {
    init(_ failure: HTTPFailure) {
        self.init(failure.cause, message: failure.error.description)
    }

    /// A server's answer that is not a success.
    init(_ response: HTTPResponse) {
        let error = ConnectionError(response)
        self.init(.httpStatus, message: error.description)
        self.status = response.status
        self.code = error.code
    }
}

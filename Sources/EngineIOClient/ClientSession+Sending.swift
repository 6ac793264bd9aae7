import EngineIO
import Logging
import NIOCore
import NIOHTTP1

extension ClientSession {
    /// Takes a message to be sent.
    ///
    /// - Parameter mayWait: whether the sender can wait when told ``SendResult/full``; one that cannot is refused while
    ///   more than the limit waits.
    @inline(__always)
    package func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool = true) -> SendResult {
        guard self.machine.state == .open else { return .notConnected }
        if kind == .text, let offset = UTF8Validation.firstInvalidOffset(bytes) { return .invalidUTF8(offset) }
        if bytes.count >= self.serverLimit { self.noteOversized(bytes.count) }
        if let sender = self.sender, self.transport == .websocket {
            // Nothing that this calls lets go of the handler: what it causes happens later.
            return sender._withUnsafeGuaranteedRef { self.send(kind, bytes, mayWait: mayWait, by: $0) }
        }
        return self.queueMessage(kind, bytes, mayWait: mayWait)
    }

    @inline(__always)
    private func send(
        _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool, by webSocket: WebSocketHandler
    ) -> SendResult {
        if !mayWait && !webSocket.acceptsMore { return .refused }
        if self.watchesPackets { self.observer.message(.sent, kind, bytes, by: .websocket) }
        switch kind {
        case .text: webSocket.write(.text, prefix: PacketType.message.rawValue, bytes, isMessage: true)
        case .binary: webSocket.write(.binary, prefix: nil, bytes, isMessage: true)
        }
        self.webSocketTraffic.pointee.accepted &+= 1
        if webSocket.acceptsMore { return .sent }
        webSocket.holdIfFarBehind()
        return self.toldFull()
    }

    private func queueMessage(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        if kind == .text, let offset = bytes.firstIndex(of: PayloadReader.separator) { return .separator(offset) }
        if !mayWait && self.queuedBytes > self.configuration.maximumBuffered { return .refused }
        if self.observer.logsPackets { self.observer.logMessage("Sending", kind, bytes) }
        self.pollingTraffic.pointee.accepted &+= 1
        self.enqueue(Packet(type: .message, kind: kind, data: ByteBuffer(bytes: bytes)))
        guard self.queuedBytes > self.configuration.maximumBuffered else { return .sent }
        // Far behind: reading would only add to it. Not before, as a server that is not polled cannot ping.
        if self.queuedBytes - self.configuration.maximumBuffered > self.configuration.maximumBuffered {
            self.isFarBehind = true
            self.readingChanged()
        }
        return self.toldFull()
    }

    /// The server may end the session over it without saying why: then the end says so.
    private func noteOversized(_ length: Int) {
        self.oversized =
            "a message of \(length) bytes was sent, the server takes \(self.serverLimit) bytes (maxPayload)"
        self.observer.logger.warning("\(self.oversized ?? ""): it may end the session")
    }

    private func toldFull() -> SendResult {
        self.isFull = true
        return .full
    }

    /// Answers a ping. One pong waits at most, that to the latest ping.
    func sendPong(_ data: UnsafeRawBufferPointer) {
        if let webSocket = self.webSocket, self.transport == .websocket { return webSocket.answerPing(data) }
        if let waiting = self.queue.first, waiting.type == .pong {
            // It is the same one.
            if waiting.data.readableBytes == 0, data.count == 0 { return }
            self.queuedBytes -= waiting.data.readableBytes
            self.queue.removeFirst()
        } else if self.observer.logsPackets {
            self.observer.logger.info("Sending packet PONG")
        }
        self.enqueue(Packet(type: .pong, data: ByteBuffer(bytes: data)), first: true)
    }

    /// A packet that is no message goes by the websocket.
    func willSend(_ type: PacketType, _ data: UnsafeRawBufferPointer) {
        if self.observer.logsPackets {
            self.observer.logger.info("Sending packet \(String(describing: type).uppercased())")
        }
        self.observer.trace?.packet(.sent, .websocket, type, data)
    }

    /// - Parameter first: pongs go ahead of queued messages.
    private func enqueue(_ packet: Packet, first: Bool = false) {
        self.queuedBytes += packet.data.readableBytes
        if first { self.queue.prepend(packet) } else { self.queue.append(packet) }
        guard !self.isPumpDue else { return }
        // What a script sends in one go makes one POST.
        self.isPumpDue = true
        self.loop.eventLoop.assumeIsolated().execute { self.pump() }
    }

    /// Bytes that were taken and that the system has not.
    package var bufferedBytes: Int { self.queuedBytes + (self.webSocket?.bufferedBytes ?? 0) }

    /// Has the delegate told, later, when all that was taken is with the system; not when the session ends before.
    package func notifyDrained() {
        if let webSocket = self.webSocket, self.transport == .websocket {
            self.isDrainAwaited = false
            webSocket.whenDrained { self.delegate?.sessionDrained() }
        } else {
            self.isDrainAwaited = true
        }
    }

    func webSocketWritable() {
        guard self.isFull else { return }
        self.isFull = false
        self.delegate?.sessionWritable()
    }

    /// Runs the next action of the polling machine.
    func pump() {
        self.isPumpDue = false
        switch self.polling.next(hasPackets: !self.queue.isEmpty) {
        case .none: break
        case .post: self.post()
        case .poll(let delay): self.poll(after: delay)
        case .postAndPoll(let delay):
            self.post()
            self.poll(after: delay)
        case .paused: if let action = self.upgrade?.pollingPaused() { self.perform(action) }
        case .finished: self.finish(.clientDisconnect, nil)
        }
    }

    private func poll(after milliseconds: Int64) {
        if milliseconds == 0 { return self.poll() }
        _ = self.schedule(.milliseconds(milliseconds)) { session in
            if session.polling.pollDelayEnded() { session.poll() } else { session.pump() }
        }
    }

    private func post() {
        let waiting = self.observer.trace == nil ? nil : self.queue
        let (body, messages, bytes) = PayloadWriter.take(from: &self.queue, maxPayload: self.handshake?.maxPayload)
        self.messagesInFlight = messages
        self.bytesInFlight = bytes
        if let waiting {
            for packet in waiting.prefix(waiting.count - self.queue.count) {
                self.observer.trace?.packet(.sent, .polling, packet)
            }
        }
        let connection = self.postConnection ?? self.makeConnection()
        self.postConnection = connection
        var request = self.builder.post()
        request.body = body
        self.send(request, on: connection, redirectsLeft: 5)
    }

    private func send(_ request: HTTPRequest, on connection: HTTPConnection, redirectsLeft: Int) {
        connection.send(request, timeout: self.configuration.requestTimeout) { result in
            switch result {
            case .failure(let failure):
                self.lose(DisconnectDetail(failure))
            case .success(let response) where response.isSuccess:
                self.builder.store(response)
                self.pollingTraffic.pointee.bytesWritten &+= request.body?.readableBytes ?? 0
                self.posted()
            case .success(let response):
                // 307 and 308 keep the method and the body; any other redirect would lose the messages.
                if [307, 308].contains(response.status), redirectsLeft > 0,
                    let location = response.headers.first(name: "Location"),
                    (try? self.builder.follow(location: location)) != nil
                {
                    let connection = self.makeConnection()
                    self.postConnection?.close()
                    self.postConnection = connection
                    var again = self.builder.post()
                    again.body = request.body
                    return self.send(again, on: connection, redirectsLeft: redirectsLeft - 1)
                }
                self.lose(DisconnectDetail(response))
            }
        }
    }

    private func posted() {
        self.pollingTraffic.pointee.written &+= self.messagesInFlight
        self.messagesInFlight = 0
        self.queuedBytes -= self.bytesInFlight
        self.bytesInFlight = 0
        self.polling.postEnded()
        if self.machine.state == .closing, self.queue.isEmpty {
            self.stageTimers.append(self.schedule(Self.farewell) { $0.finish(.clientDisconnect, nil) })
        }
        self.pump()
        if self.isFarBehind, self.queuedBytes <= self.configuration.maximumBuffered {
            self.isFarBehind = false
            self.readingChanged()
        }
        if self.queuedBytes <= self.configuration.maximumBuffered / 2 { self.webSocketWritable() }
        if self.isDrainAwaited, self.bufferedBytes == 0 {
            self.isDrainAwaited = false
            self.delegate?.sessionDrained()
        }
    }

    private func poll() {
        guard self.machine.state == .open, let handshake = self.handshake else {
            self.polling.pollEnded(isEmpty: true)
            return self.pump()
        }
        let connection = self.pollConnection ?? self.makeConnection()
        self.pollConnection = connection
        if self.observer.logsPackets {
            self.observer.logger.info("Sending polling GET request to \(self.builder.address(.polling))")
        }
        // The server answers at least at each ping; the heartbeat notices when it does not.
        let patience = TimeAmount.milliseconds(Int64(handshake.pingInterval + handshake.pingTimeout)) + .seconds(5)
        connection.send(self.builder.poll(), timeout: patience) { result in
            switch result {
            case .failure(let failure):
                self.lose(DisconnectDetail(failure))
            case .success(let response):
                self.polled(response)
            }
        }
    }

    private func polled(_ response: HTTPResponse) {
        self.builder.store(response)
        // The answer to the last GET of a closing session does not matter.
        if self.machine.state == .closing {
            self.polling.pollEnded(isEmpty: true)
            return self.pump()
        }
        guard response.isSuccess else { return self.lose(DisconnectDetail(response)) }
        let body = response.body
        self.pollingTraffic.pointee.bytesReceived &+= body.readableBytes
        self.read(body)
    }
}

extension DisconnectDetail {
    init(_ failure: HTTPFailure) {
        self.init(failure.cause, message: failure.error.description)
    }

    /// A server's answer that is no success.
    init(_ response: HTTPResponse) {
        let error = ConnectionError(response)
        self.init(.httpStatus, message: error.description)
        self.status = response.status
        self.code = error.code
    }
}

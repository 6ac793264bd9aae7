import EngineIO
import EngineIOServer
import JSONText
import NIOCore
import SocketIO

/// One client of a ``SocketIOService``: its packets, and the answers.
final class SocketIOServerSession: ServerSessionDelegate {
    let session: ServerSession
    let service: SocketIOService
    var namespaces: ServerNamespaces
    private var reader: SocketIOPacketReader
    var acks = ServerAcks()
    private var connectTimeout: Scheduled<Void>?

    init(_ session: ServerSession, _ service: SocketIOService) {
        self.session = session
        self.service = service
        self.namespaces = ServerNamespaces(service.namespaces)
        // As on other servers, each message may have the bytes that the server allows.
        self.reader = SocketIOPacketReader(
            .json, maximumAttachments: SocketIOService.maximumAttachments,
            maximumSize: session.maxPayload * (1 + SocketIOService.maximumAttachments), side: .server)
        let timeout = service.configuration.connectTimeout
        self.connectTimeout = service.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] () -> Void in
            self?.session.end()
        }
    }

    /// The number of namespaces that are connected.
    var connectedCount: Int { self.namespaces.sids.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

    // MARK: Engine.IO

    func received(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) {
        do throws(SocketIOPacketError) {
            switch try self.reader.read(kind, data) {
            case .packet(let packet):
                try self.received(packet, UnsafeBufferPointer(start: nil, count: 0))
            case .assembled(let assembled):
                self.received(assembled, last: data)
                self.reader.reuse(assembled)
            case .incomplete:
                break
            }
        } catch {
            self.illegal(error, kind, data)
        }
    }

    private func received(_ assembled: AssembledPacket, last: UnsafeRawBufferPointer) {
        assembled.withParts(last: last) { message, attachments in
            do throws(SocketIOPacketError) {
                try self.received(try self.reader.packet(message), attachments)
            } catch {
                self.illegal(error, .text, message)
            }
        }
    }

    func closed() {
        self.connectTimeout?.cancel()
        self.service.closed(self.session.number)
    }

    /// Ends the session of a client that breaks the rules.
    private func illegal(_ error: SocketIOPacketError, _ kind: MessageKind, _ message: UnsafeRawBufferPointer) {
        self.reader.stop()
        // CONNECT may have a token.
        let isHidden =
            kind == .text ? ConnectSecret.isConnect(message) : ConnectSecret.mayBe(in: kind, message)
        let quote = isHidden ? "" : ": \(PacketQuote.of(message))"
        self.service.configuration.onIllegalPacket?("a client sent \(error)\(quote)")
        self.session.breach()
    }

    // MARK: Packets

    private func received(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SocketIOPacketError) {
        switch try self.namespaces.received(packet) {
        case .connect(let index):
            try self.connect(index, packet.payload)
        case .unknown:
            self.refuse(Array(packet.namespace), "Invalid namespace")
        case .event(let index):
            let event = try ReceivedEvent(packet.payload, attachmentCount: attachments.count)
            self.perform(ServerEvent(event), event, Request(packet.id, attachments, index))
        case .ack(let index):
            try self.answered(packet, attachments, index)
        case .left(let index):
            self.namespaces.left(index)
            self.acks.left(index)
            self.service.rooms.leaveAll(self.session.number, namespace: index)
        }
    }

    private func connect(_ index: Int, _ payload: UnsafeRawBufferPointer) throws(SocketIOPacketError) {
        if !payload.isEmpty {
            var scanner = ArgumentScanner(payload, attachmentCount: 0)
            _ = try scanner.value()
            guard scanner.isAtEnd else { throw .invalidJSON }
        }
        let name = self.service.namespaces[index]
        if let token = self.service.configuration.authToken,
            JSON(parsing: payload, leniently: true, maximumDepth: SocketIOValue.maximumDepth)?["token"]?.string != token
        {
            return self.refuse(name, "Not authorized: auth needs the token of --auth-token")
        }
        self.connectTimeout?.cancel()
        self.connectTimeout = nil
        let sid = SessionIdentifier.random()
        self.namespaces.connected(index, sid: sid)
        self.send { packet in
            packet.writeHeader(.connect, namespace: name)
            packet.writeString("{\"sid\":\"\(sid)\"}")
        }
        self.send { packet in
            packet.writeHeader(.event, namespace: name)
            packet.writeArray(payload.isEmpty ? [#""auth""#, "{}"] : [#""auth""#], payload)
        }
    }

    private func refuse(_ namespace: [UInt8], _ message: StaticString) {
        self.send { packet in
            packet.writeHeader(.connectError, namespace: namespace)
            packet.writeString("{\"message\":\"\(message)\"}")
        }
    }

    // MARK: Sending

    /// Sends a packet and its attachments, with nothing between them.
    func send(
        _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer> = UnsafeBufferPointer(start: nil, count: 0),
        _ write: (inout ByteBuffer) -> Void
    ) {
        self.service.scratch.clear()
        write(&self.service.scratch)
        self.service.scratch.withUnsafeReadableBytes { self.session.reply(.text, $0) }
        for attachment in attachments { self.session.reply(.binary, attachment) }
    }
}

import EngineIO
import NIOCore
import NIOHTTP1

/// The trace of one session.
final class SessionTrace {
    private let tracer: any PacketTracer
    private let user: Int?
    private let session: Int
    private let explainer: (any MessageExplainer)?

    init(_ user: TracedUser, explainer: (any MessageExplainer)?) {
        self.tracer = user.tracer
        self.explainer = explainer
        self.user = user.user
        self.session = user.tracer.nextSession()
    }

    func packet(
        _ direction: TraceEvent.Direction, _ transport: Transport, _ type: PacketType,
        _ data: UnsafeRawBufferPointer, _ kind: MessageKind = .text
    ) {
        var event = self.event(direction, transport, "\(type)", size: data.count)
        event.isBinary = kind == .binary
        if type == .open {
            OpenPacketMask.mask(data).withUnsafeBytes { event.show($0) }
        } else if type == .message,
            let explanation = self.explainer?.explain(direction, kind, data, limit: TraceEvent.startLimit)
        {
            event.show(explanation)
        } else {
            event.show(data)
        }
        self.tracer.trace(event)
    }

    func packet(_ direction: TraceEvent.Direction, _ transport: Transport, _ packet: Packet) {
        packet.data.withUnsafeReadableBytes { self.packet(direction, transport, packet.type, $0, packet.kind) }
    }

    /// Received data that is not a packet of a known type.
    func unknown(_ transport: Transport, _ data: UnsafeRawBufferPointer) {
        var event = self.event(.received, transport, "unknown", size: data.count)
        event.show(data)
        self.tracer.trace(event)
    }

    /// A control frame.
    func frame(_ direction: TraceEvent.Direction, _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        var event = self.event(direction, .websocket, "ws-\(opcode)", size: payload.count)
        if opcode == .close, payload.count >= 2 {
            // The code is two bytes of binary, the reason behind it text.
            let code = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
            event.start = Array("\(code)".utf8) + (payload.count > 2 ? [0x20] : []) + payload.dropFirst(2)
        } else {
            event.isBinary = true
            event.show(payload)
        }
        self.tracer.trace(event)
    }

    /// - Parameter showsHeaders: also what its headers say.
    func request(_ head: HTTPRequestHead, _ transport: Transport, bodySize: Int, showsHeaders: Bool) {
        var event = self.event(.sent, transport, "request", size: bodySize)
        event.start = Array("\(head.method) \(SecretMask.target(head.uri))".utf8)
        if showsHeaders { event.headers = SecretMask.headers(head.headers) }
        self.tracer.trace(event)
    }

    func response(_ response: HTTPResponse, _ transport: Transport, showsHeaders: Bool) {
        var event = self.event(.received, transport, "response", size: response.body.readableBytes)
        event.start = Array("\(response.status)".utf8)
        if showsHeaders { event.headers = SecretMask.headers(response.headers) }
        self.tracer.trace(event)
    }

    private func event(
        _ direction: TraceEvent.Direction, _ transport: Transport, _ type: String, size: Int
    ) -> TraceEvent {
        TraceEvent(
            user: self.user, session: self.session, direction: direction, transport: transport, type: type, size: size,
            start: [])
    }
}

extension TraceEvent {
    fileprivate mutating func show(_ explanation: MessageExplanation) {
        self.fields = explanation.fields
        self.start = explanation.data
        self.isBinary = explanation.isBinary
        self.isWhole = explanation.isWhole
    }

    fileprivate mutating func show(_ data: UnsafeRawBufferPointer) {
        var end = min(data.count, Self.startLimit)
        self.isWhole = end == data.count
        // Not through the middle of a character.
        if !self.isWhole, !self.isBinary {
            while end > 0, data[end] & 0xC0 == 0x80 { end -= 1 }
        }
        self.start = Array(data[..<end])
    }
}

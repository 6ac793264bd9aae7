import EngineIOServer
import NIOCore
import SocketIO

/// The uses of events, and acks.
extension SocketIOServerSession {
    /// An event, apart from its name and arguments.
    struct Request {
        let id: UnsafeRawBufferPointer
        let attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
        let namespace: Int

        init(
            _ id: UnsafeRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ namespace: Int
        ) {
            (self.id, self.attachments, self.namespace) = (id, attachments, namespace)
        }
    }

    func perform(_ use: ServerEvent, _ event: ReceivedEvent, _ request: Request) {
        let member = self.session.number
        switch use {
        case .message:
            self.send(request.attachments) { packet in
                packet.writeHeader(
                    request.attachments.isEmpty ? .event : .binaryEvent,
                    namespace: self.service.namespaces[request.namespace],
                    attachmentCount: request.attachments.count)
                packet.writeArray([#""message-back""#], event.arguments)
            }
        case .other:
            self.acknowledge(request, [], event.arguments, request.attachments)
        case .invalid(let reason):
            self.refuse(request, reason)
        case .join(let room):
            guard let count = self.service.rooms.join(member, Rooms.Room(namespace: request.namespace, name: room))
            else { return self.refuse(request, "a client is in at most \(Rooms.mostOfMember) rooms") }
            self.acknowledge(request, ["\(count)"])
        case .leave(let room):
            let wasMember = self.service.rooms.leave(member, Rooms.Room(namespace: request.namespace, name: room))
            self.acknowledge(request, ["\(wasMember)"])
        case .ask:
            self.ask(event, request)
        case .say(let room):
            self.acknowledge(request, ["\(self.say(event, to: room, request))"])
        }
    }

    /// - Parameter reason: without characters that JSON escapes.
    private func refuse(_ request: Request, _ reason: String) {
        self.acknowledge(request, ["false", "\"\(reason)\""])
    }

    /// - Returns: the number of clients that get the event.
    private func say(_ event: ReceivedEvent, to room: String, _ request: Request) -> Int {
        guard let first = event.first, let sid = self.namespaces.sids[request.namespace] else { return 0 }
        self.service.scratch.clear()
        self.service.scratch.writeHeader(
            request.attachments.isEmpty ? .event : .binaryEvent,
            namespace: self.service.namespaces[request.namespace], attachmentCount: request.attachments.count)
        // The room as its JSON string came.
        self.service.scratch.writeArray(
            [#""said""#, String(decoding: first.bytes, as: UTF8.self), "\"\(sid)\""], event.others)
        return self.service.broadcast(
            self.service.scratch, request.attachments, to: Rooms.Room(namespace: request.namespace, name: room),
            from: self.session.number)
    }

    /// Sends the client the event that it has named.
    private func ask(_ event: ReceivedEvent, _ request: Request) {
        guard let first = event.first else { return }
        let question = ServerAcks.Question(namespace: request.namespace, id: Array(request.id))
        guard let id = self.acks.ask(question) else {
            return self.refuse(request, "a client has at most \(ServerAcks.most) unanswered questions")
        }
        self.send(request.attachments) { packet in
            packet.writeHeader(
                request.attachments.isEmpty ? .event : .binaryEvent,
                namespace: self.service.namespaces[request.namespace], id: .number(id),
                attachmentCount: request.attachments.count)
            packet.writeArray([String(decoding: first.bytes, as: UTF8.self)], event.others)
        }
    }

    /// Passes the values of an ack to the event that has asked for it. Acks of nothing are ignored, as others do it.
    func answered(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ index: Int
    ) throws(SocketIOPacketError) {
        let answer = try ReceivedEvent(packet.payload, attachmentCount: attachments.count, hasName: false)
        guard let id = SocketIOSerializer.json.number(ofID: packet.id),
            let question = self.acks.answered(id, namespace: index)
        else { return }
        question.id.withUnsafeBytes {
            self.acknowledge(Request($0, attachments, index), [], answer.arguments, attachments)
        }
    }

    private func acknowledge(
        _ request: Request, _ written: [String],
        _ arguments: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer> = UnsafeBufferPointer(start: nil, count: 0)
    ) {
        guard !request.id.isEmpty else { return }
        self.send(attachments) { packet in
            packet.writeHeader(
                attachments.isEmpty ? .ack : .binaryAck, namespace: self.service.namespaces[request.namespace],
                id: .received(request.id), attachmentCount: attachments.count)
            packet.writeArray(written, arguments)
        }
    }
}

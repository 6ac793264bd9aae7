import EngineIO
import NIOCore

/// A message of Engine.IO.
public enum Message: Sendable, Equatable {
    case text(String)
    case binary(ByteBuffer)
}

/// What the server sends and does, as ``EngineIOClient/events`` tells it.
public enum ClientEvent: Sendable, Equatable {
    /// A session is open. The upgrade, if there is one, has not been tried yet.
    case connected(Handshake)
    case message(Message)
    /// The session is over; there is one such event for each ``connected(_:)``.
    case disconnected(DisconnectReason, DisconnectDetail)
}

/// The events of a client, in order. Only one task may iterate, and only once.
public struct ClientEvents: AsyncSequence, Sendable {
    public typealias Element = ClientEvent

    typealias Strategy = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark
    typealias Producer = NIOAsyncSequenceProducer<ClientEvent, Strategy, ClientEventsDelegate>

    let base: Producer

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let base: Producer.AsyncIterator

        /// The next event; nil when the task is cancelled or the client is gone.
        public mutating func next() async -> ClientEvent? {
            // It has a lock of its own, and this is its only user: it only lacks the word for that.
            nonisolated(unsafe) let base = self.base
            return await base.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: self.base.makeAsyncIterator()) }
}

/// Passes on when the reader of the events has fallen behind, and when it has caught up.
final class ClientEventsDelegate: NIOAsyncSequenceProducerDelegate, Sendable {
    private let produceMoreHandler: @Sendable () -> Void

    init(produceMore: @escaping @Sendable () -> Void) {
        self.produceMoreHandler = produceMore
    }

    func produceMore() { self.produceMoreHandler() }

    func didTerminate() {
        // Nobody reads any more: what comes is dropped, and the session must not stall over it.
        self.produceMoreHandler()
    }
}

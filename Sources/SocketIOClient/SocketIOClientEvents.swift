import EngineIOClient
import NIOCore

/// The events of a client, in order. Only one task may iterate, and only once.
public struct SocketIOClientEvents: AsyncSequence, Sendable {
    public typealias Element = SocketIOClientEvent

    typealias Strategy = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark
    typealias Producer = NIOAsyncSequenceProducer<SocketIOClientEvent, Strategy, ClientEventsDelegate>

    let base: Producer

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let base: Producer.AsyncIterator

        /// The next event; nil when the task is cancelled or the client is gone.
        public mutating func next() async -> SocketIOClientEvent? {
            // The iterator is used by one task only and has its own lock; it just isn't marked `Sendable`.
            nonisolated(unsafe) let base = self.base
            return await base.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: self.base.makeAsyncIterator()) }
}

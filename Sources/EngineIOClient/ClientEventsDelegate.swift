import NIOCore

/// Notifies the session when the reader of the events has caught up, or has stopped reading.
package final class ClientEventsDelegate: NIOAsyncSequenceProducerDelegate, Sendable {
    private let produceMoreHandler: @Sendable () -> Void

    package init(produceMore: @escaping @Sendable () -> Void) {
        self.produceMoreHandler = produceMore
    }

    package func produceMore() { self.produceMoreHandler() }

    package func didTerminate() {
        // Nobody reads any more, so events are dropped; the session must not stall because of them.
        self.produceMoreHandler()
    }
}

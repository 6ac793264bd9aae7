import SocketIO

/// The acks that a server waits for from one client. The values of an ack are those of the client's own `ask`.
struct ServerAcks {
    /// The event of the client that gets the values.
    struct Question: Equatable {
        let namespace: Int
        /// The id of its ack, as it came; empty if it wants none.
        let id: [UInt8]
    }

    /// The most acks that may be awaited.
    static let most = 1000

    private var questions: [UInt64: Question] = [:]
    private var lastID: UInt64 = 0

    /// - Returns: the id to send; nil if too many acks are awaited.
    mutating func ask(_ question: Question) -> UInt64? {
        guard self.questions.count < Self.most else { return nil }
        self.lastID += 1
        self.questions[self.lastID] = question
        return self.lastID
    }

    /// - Returns: the question that is answered; nil if nothing was asked with this id in this namespace.
    mutating func answered(_ id: UInt64, namespace: Int) -> Question? {
        guard self.questions[id]?.namespace == namespace else { return nil }
        return self.questions.removeValue(forKey: id)
    }

    /// The client has left the namespace.
    mutating func left(_ namespace: Int) {
        self.questions = self.questions.filter { $0.value.namespace != namespace }
    }
}

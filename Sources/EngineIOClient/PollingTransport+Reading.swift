import EngineIO
import NIOCore

/// Polling bodies are read in turns of the loop, and only while the script keeps up.
extension PollingTransport {
    /// Reads a body: now as much as one turn may, the rest later. The next poll waits until all of it is read.
    func read(_ body: ByteBuffer) {
        self.machine.answered()
        if var rest = self.body.payload?.rest, rest.readableBytes > 0 {
            rest.writeInteger(PayloadReader.separator)
            rest.writeImmutableBuffer(body)
            self.body.payload = UnreadPayload(rest)
        } else {
            self.body.payload = UnreadPayload(body)
        }
        self.readBody()
    }

    var hasUnreadPackets: Bool { self.body.payload != nil && !self.body.isBeingRead }

    var readsBody: Bool {
        guard self.body.payload != nil else { return false }
        // A session that ends reads on, for the pings: nothing else that comes is given to the script any more.
        return self.session.readsWithoutScript || !self.holdsReading
    }

    func readBodySoon() {
        guard !self.body.isTurnDue else { return }
        self.body.isTurnDue = true
        self.context.loop.nextTurn {
            self.body.isTurnDue = false
            self.readBody()
        }
    }

    private func readBody() {
        guard !self.body.isBeingRead, self.readsBody, var payload = self.body.payload else { return }
        var budget = TurnBudget()
        var problem: PacketError?
        let before = payload.rest.readableBytes
        var packets = 0
        self.body.isBeingRead = true
        do {
            // Nothing of this object is borrowed while the script runs: `payload` is a copy.
            packets = try payload.read(&budget, while: { self.readsBody }) {
                self.session.received($0, by: self.carrier)
            }
        } catch {
            problem = error
        }
        self.body.isBeingRead = false
        // The session may have ended meanwhile, or another transport is tried.
        guard self.body.payload != nil else { return }
        if let problem {
            self.body.payload = nil
            return self.session.closed(self, DisconnectDetail(.parse, message: "the server sent \(problem)"))
        }
        if payload.isAtEnd { return self.bodyRead(isEmpty: !payload.hadPackets) }
        if !self.session.mayOverrun(bytes: before - payload.rest.readableBytes, packets: packets) {
            return self.bodyRead(isEmpty: false)
        }
        self.body.payload = payload
        self.readingChanged()
    }

    private func bodyRead(isEmpty: Bool) {
        self.body.payload = nil
        self.machine.answerRead(isEmpty: isEmpty)
        guard self.session.bodyRead(by: self) else { return }
        self.readingChanged()
        self.pump()
    }
}

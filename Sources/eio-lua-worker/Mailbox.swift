import Glibc
import Locust
import Metrics
import NIOCore
import Synchronization

/// Events in their order, and a descriptor that is readable while there are any.
final class Mailbox: Sendable {
    private let events = Mutex<[WorkerEvent]>([])
    let descriptor: Int32
    private let writing: Int32

    /// - Throws: `IOError` where the system has no descriptors left.
    init() throws {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 { throw IOError(errnoCode: errno, reason: "pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (self.descriptor, self.writing) = (ends[0], ends[1])
    }

    func post(_ event: WorkerEvent) {
        let isFirst = self.events.withLock { events in
            events.append(event)
            return events.count == 1
        }
        var byte: UInt8 = 0
        if isFirst { _ = write(self.writing, &byte, 1) }
    }

    func takeAll() -> [WorkerEvent] {
        var bytes: (UInt64, UInt64) = (0, 0)
        _ = read(self.descriptor, &bytes, MemoryLayout.size(ofValue: bytes))
        return self.events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}

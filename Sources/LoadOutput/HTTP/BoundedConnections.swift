import NIOCore

/// The open connections of a server, of which there are only so many: one more ends another.
///
/// So connections that hang never keep out one that does not.
final class BoundedConnections {
    private struct Entry {
        let channel: any Channel
        /// Whether it is only ended if all others are in use too.
        var isInUse = false
        var deadline: Scheduled<Void>
    }

    /// In the order of their coming.
    private var entries: [Entry] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes a new connection, and ends the oldest one that is not in use if there are too many.
    ///
    /// - Parameter time: how long it may take to its end.
    func admit(_ channel: any Channel, for time: TimeAmount) {
        if self.entries.count >= self.limit {
            let oldest = self.entries.firstIndex { !$0.isInUse } ?? 0
            self.entries.remove(at: oldest).channel.close(promise: nil)
        }
        self.entries.append(Entry(channel: channel, deadline: Self.deadline(of: channel, in: time)))
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            guard let place = self.place(of: channel) else { return }
            self.entries.remove(at: place).deadline.cancel()
        }
    }

    /// Gives a connection this time from now on.
    func extend(_ channel: any Channel, by time: TimeAmount) {
        guard let place = self.place(of: channel) else { return }
        self.entries[place].deadline.cancel()
        self.entries[place].deadline = Self.deadline(of: channel, in: time)
    }

    /// A connection is in use from now on, and has no deadline.
    func use(_ channel: any Channel) {
        guard let place = self.place(of: channel) else { return }
        self.entries[place].deadline.cancel()
        self.entries[place].isInUse = true
    }

    private func place(of channel: any Channel) -> Int? { self.entries.firstIndex { $0.channel === channel } }

    private static func deadline(of channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.assumeIsolated().scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

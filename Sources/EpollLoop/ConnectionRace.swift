import NIOCore

/// Which of a host's addresses is tried when (RFC 8305): the families in turn, IPv6 first; the next one as soon as one
/// fails, or when the one before takes long.
struct ConnectionRace {
    enum Action: Equatable {
        case connect(SocketAddress)
        case lose
        case wait
    }

    /// Connection Attempt Delay (RFC 8305, section 5).
    static let patience = TimeAmount.milliseconds(250)

    private var untried: ArraySlice<SocketAddress>
    private var running = 0

    init(v6: [SocketAddress], v4: [SocketAddress]) {
        var all: [SocketAddress] = []
        for index in 0..<max(v6.count, v4.count) {
            if index < v6.count { all.append(v6[index]) }
            if index < v4.count { all.append(v4[index]) }
        }
        self.untried = all[...]
    }

    /// Whether there is another address to try when patience is over.
    var hasMore: Bool { !self.untried.isEmpty }

    /// At the start, and when patience with the last address is over.
    mutating func tryNext() -> Action {
        guard let address = self.untried.popFirst() else { return self.running > 0 ? .wait : .lose }
        self.running += 1
        return .connect(address)
    }

    mutating func failed() -> Action {
        self.running -= 1
        return self.tryNext()
    }
}

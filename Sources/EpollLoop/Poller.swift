import CEpoll
import Glibc
import NIOCore

/// One epoll instance with the descriptors that end a wait: an eventfd for other threads, a timerfd for deadlines.
struct Poller: ~Copyable {
    private let epoll: OwnedDescriptor
    private let wakeup: OwnedDescriptor
    private let timer: OwnedDescriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>
    /// The deadline that the timerfd is set to.
    private var armed: NIODeadline?

    private static let wakeupMark: UInt64 = 0
    private static let timerMark: UInt64 = 1
    /// How many sockets one wait reports.
    private static let eventCount = 512
    /// A wait is rounded to milliseconds; nearer deadlines are left to the timerfd.
    private static let timerRange: Int64 = 2_000_000

    /// - Throws: `IOError` where the system has no descriptors left.
    init() throws {
        let epoll = try OwnedDescriptor(epoll_create1(CInt(EPOLL_CLOEXEC)), "epoll_create1")
        let wakeup = try OwnedDescriptor(eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)), "eventfd")
        let timer = try OwnedDescriptor(
            timerfd_create(CLOCK_MONOTONIC, CInt(TFD_CLOEXEC | TFD_NONBLOCK)), "timerfd_create")
        try Self.control(epoll.value, EPOLL_CTL_ADD, wakeup.value, .readable, Self.wakeupMark)
        try Self.control(epoll.value, EPOLL_CTL_ADD, timer.value, .readable, Self.timerMark)
        self.epoll = epoll
        self.wakeup = wakeup
        self.timer = timer
        self.events = .allocate(capacity: Self.eventCount)
    }

    deinit { self.events.deallocate() }

    func add(_ socket: CInt, _ interest: Readiness, for channel: SocketChannel) throws {
        try Self.control(self.epoll.value, EPOLL_CTL_ADD, socket, interest, Self.mark(of: channel))
    }

    func change(_ socket: CInt, _ interest: Readiness, for channel: SocketChannel) throws {
        try Self.control(self.epoll.value, EPOLL_CTL_MOD, socket, interest, Self.mark(of: channel))
    }

    /// A close alone would not do: the system reports a socket as long as a child process, between fork and exec, has
    /// it open too, and the channel is gone by then.
    func remove(_ socket: CInt) {
        var event = epoll_event()
        _ = epoll_ctl(self.epoll.value, EPOLL_CTL_DEL, socket, &event)
    }

    private static func mark(of channel: SocketChannel) -> UInt64 {
        UInt64(UInt(bitPattern: Unmanaged.passUnretained(channel).toOpaque()))
    }

    private static func control(
        _ epoll: CInt, _ operation: CInt, _ descriptor: CInt, _ interest: Readiness, _ mark: UInt64
    ) throws {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = mark
        // The word for this error would be that of a full disk.
        if epoll_ctl(epoll, operation, descriptor, &event) < 0 {
            throw errno == ENOSPC ? WatchLimitError() : IOError(errnoCode: errno, reason: "epoll_ctl")
        }
    }

    /// Ends the wait of the loop's thread, from another.
    func wake() { _ = eventfd_write(self.wakeup.value, 1) }

    /// Waits until a socket is ready, the deadline has come or ``wake()`` is called.
    ///
    /// - Parameter deadline: nil waits without a limit; one that has passed does not wait.
    /// - Returns: how many events there are.
    mutating func wait(until deadline: NIODeadline?) throws -> Int {
        let timeout = try self.timeout(until: deadline)
        let count = epoll_wait(self.epoll.value, self.events.baseAddress, CInt(Self.eventCount), timeout)
        if count < 0, errno != EINTR { throw IOError(errnoCode: errno, reason: "epoll_wait") }
        return max(0, Int(count))
    }

    /// One of the events of the last wait: the channel, which lives if it did then, and what it is ready for. nil for
    /// the end of the wait itself.
    @inline(__always)
    mutating func event(_ index: Int) -> (Unmanaged<SocketChannel>, Readiness)? {
        let event = self.events[index]
        switch event.data.u64 {
        case Self.wakeupMark:
            var value: eventfd_t = 0
            eventfd_read(self.wakeup.value, &value)
            return nil
        case Self.timerMark:
            var value: UInt64 = 0
            read(self.timer.value, &value, 8)
            self.armed = nil
            return nil
        case let mark:
            guard let pointer = UnsafeRawPointer(bitPattern: UInt(mark)) else { return nil }
            return (Unmanaged.fromOpaque(pointer), Readiness(rawValue: event.events))
        }
    }

    /// The channel of one of the events of the last wait.
    @inline(__always)
    func channel(_ index: Int) -> Unmanaged<SocketChannel>? {
        let mark = self.events[index].data.u64
        guard mark > Self.timerMark, let pointer = UnsafeRawPointer(bitPattern: UInt(mark)) else { return nil }
        return Unmanaged.fromOpaque(pointer)
    }

    /// Whether an event of the last wait reports a socket that can be read, and nothing else.
    @inline(__always)
    func isOnlyReadable(_ index: Int) -> Bool { self.events[index].events == Readiness.readable.rawValue }

    /// The milliseconds to wait; -1 is without a limit, or until the timerfd fires.
    private mutating func timeout(until deadline: NIODeadline?) throws -> CInt {
        guard let deadline else { return -1 }
        let left = (deadline - .now()).nanoseconds
        if left <= 0 { return 0 }
        if left >= Self.timerRange { return CInt(clamping: left / 1_000_000) }
        if self.armed.map({ $0 <= deadline }) != true {
            let nanoseconds = deadline.uptimeNanoseconds
            var time = itimerspec()
            time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
            time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
            try checked(timerfd_settime(self.timer.value, CInt(TFD_TIMER_ABSTIME), &time, nil), "timerfd_settime")
            self.armed = deadline
        }
        return -1
    }
}

/// The system's limit for the sockets that one user's programs watch is reached.
private struct WatchLimitError: Error, CustomStringConvertible {
    let description = "the system watches no more sockets (raise its limit fs.epoll.max_user_watches)"
}

/// A descriptor that is closed with its owner.
private struct OwnedDescriptor: ~Copyable {
    let value: CInt

    /// - Throws: `IOError` where `call` failed.
    init(_ result: CInt, _ call: String) throws {
        self.value = try checked(result, call)
    }

    deinit { close(self.value) }
}

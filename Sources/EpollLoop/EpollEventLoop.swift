import CEpoll
import Dispatch
import Glibc
import NIOCore
import Synchronization

/// An event loop of SwiftNIO's kind for very many connections with little traffic each.
///
/// Its channels run SwiftNIO's pipelines, so that TLS and HTTP are SwiftNIO's; and where a connection needs no pipeline
/// any more, its bytes go straight to a ``SocketReader``. SwiftNIO's own loop takes some five thousand instructions for
/// each event before the first handler sees it, this one a few hundred.
///
/// A turn of the loop reads the sockets that are ready, then runs the timers that are due and the tasks, in turns while
/// there are any.
package final class EpollEventLoop: EventLoop, NIOSerialEventLoopExecutor, @unchecked Sendable {
    let inbox = TaskInbox()
    /// The numbers of timers.
    let ids = Atomic<UInt64>(0)
    /// The loop's thread, or 0 while it does not run: its number may be another thread's later.
    private let thread = Atomic<pthread_t>(0)

    // The loop's thread only. Nothing is called while one of them is accessed, and each event would pay for the checks.
    @exclusivity(unchecked) private(set) var poller: Poller
    @exclusivity(unchecked) var tasks: [() -> Void] = []
    /// How many of them, at the front, are from other threads.
    @exclusivity(unchecked) private var handedOver = 0
    @exclusivity(unchecked) private var running: [() -> Void] = []
    /// Those of the next turn.
    @exclusivity(unchecked) var later: [() -> Void] = []
    @exclusivity(unchecked) var timers = TimerQueue()
    /// The numbers of the timers that run in this turn.
    @exclusivity(unchecked) private var dueTimers: [UInt64] = []
    @exclusivity(unchecked) private var retired: [SocketChannel] = []
    private var channels: [ObjectIdentifier: SocketChannel] = [:]
    private(set) var isStopping = false

    /// Where sockets are read into: what a reader is shown is overwritten by the next read.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// Receives from many sockets at once, where the system lets it. Made when there are some, on the loop's thread.
    private lazy var batch = SocketBatch()
    /// The memory that a batch reads into, one slice for each socket.
    private let receiveSlices = UnsafeMutableRawBufferPointer.allocate(
        byteCount: SocketBatch.limit * sliceStride, alignment: 64)
    private static let sliceLength = 16 << 10
    /// Not a power of two: the beginnings of the slices, where short messages lie, have cache lines of their own.
    private static let sliceStride = sliceLength + 192
    /// Fewer sockets than that are read one by one.
    private static let smallestBatch = 3

    /// Tasks that one turn runs at most, so that tasks which add more tasks cannot starve the sockets.
    private static let tasksPerTurn = 4096

    /// - Throws: `IOError` where the system has no descriptors left.
    init() throws {
        self.poller = try Poller()
    }

    deinit {
        self.receiveBuffer.deallocate()
        self.receiveSlices.deallocate()
    }

    /// Runs a loop on the calling thread, until ``stop()``.
    ///
    /// - Parameter body: called first, on the loop.
    /// - Throws: `IOError` where the system has no descriptors left.
    package static func runOnCurrentThread(_ body: (EpollEventLoop) -> Void) throws {
        let loop = try EpollEventLoop()
        loop.adoptThread()
        body(loop)
        loop.run()
    }

    func adoptThread() { self.thread.store(pthread_self(), ordering: .relaxed) }

    package var inEventLoop: Bool { self.thread.load(ordering: .relaxed) == pthread_self() }

    // MARK: Turns

    func run() {
        while !self.isStopping { self.turn() }
        self.shutDown()
        self.thread.store(0, ordering: .relaxed)
    }

    private func turn() {
        let deadline = self.fallAsleep() ? self.timers.next : .uptimeNanoseconds(0)
        let count: Int
        do {
            count = try self.poller.wait(until: deadline)
        } catch {
            preconditionFailure("the system's event queue is broken: \(error)")
        }
        var start = 0
        while start < count {
            let end = min(start + SocketBatch.limit, count)
            self.serve(start..<end)
            start = end
        }
        self.retired.removeAll(keepingCapacity: true)
        if !self.later.isEmpty { self.collectLater() }
        self.runTimersAndTasks()
    }

    /// Reads all that can be read at once, and then lets each channel have its turn.
    private func serve(_ indices: Range<Int>) {
        let batch = indices.count < Self.smallestBatch ? nil : self.batch
        if let batch { self.receive(indices, batch) }
        for (place, index) in indices.enumerated() {
            guard let (channel, readiness) = self.poller.event(index) else { continue }
            channel._withUnsafeGuaranteedRef {
                if let result = batch?.result(place) {
                    $0.completeRead(result, self.slice(place))
                } else {
                    $0.ready(readiness)
                }
            }
        }
    }

    private func receive(_ indices: Range<Int>, _ batch: SocketBatch) {
        for (place, index) in indices.enumerated() where self.poller.isOnlyReadable(index) {
            self.poller.channel(index)?._withUnsafeGuaranteedRef {
                if $0.isReadDirectly { batch.addReceive($0.descriptor, self.slice(place), at: place) }
            }
        }
        batch.submit()
    }

    private func slice(_ place: Int) -> UnsafeMutableRawBufferPointer {
        let start = place * Self.sliceStride
        return UnsafeMutableRawBufferPointer(rebasing: self.receiveSlices[start..<start + Self.sliceLength])
    }

    /// Whether there is nothing to do at once.
    private func fallAsleep() -> Bool {
        guard self.tasks.isEmpty, self.later.isEmpty else { return false }
        return self.inbox.fallAsleep()
    }

    /// Puts the tasks of other threads before those that the loop has added itself, so that a signal is processed even
    /// while a script keeps adding work.
    private func collectInbox() {
        let new = self.inbox.take()
        if new.isEmpty { return }
        self.tasks.insert(contentsOf: new, at: self.handedOver)
        self.handedOver += new.count
    }

    private func collectLater() {
        self.tasks += self.later
        self.later.removeAll(keepingCapacity: true)
    }

    private func runTimersAndTasks() {
        var count = 0
        self.collectInbox()
        repeat {
            // A timer may have taken long, and a signal may have come meanwhile.
            if self.timers.next != nil, self.runTimers(dueAt: .now(), .due) { self.collectInbox() }
            count += self.tasks.count
            self.runTasks()
            self.collectInbox()
        } while !self.tasks.isEmpty && count < Self.tasksPerTurn
    }

    /// Runs the timers that are due already. Those that they add wait for the next turn, even if they are due too.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    private func runTimers(dueAt now: NIODeadline, _ outcome: TimerQueue.Outcome) -> Bool {
        self.timers.collectDue(now, into: &self.dueTimers)
        if self.dueTimers.isEmpty { return false }
        for index in self.dueTimers.indices { self.timers.take(self.dueTimers[index])?(outcome) }
        self.dueTimers.removeAll(keepingCapacity: true)
        return true
    }

    /// Runs the tasks that are there. Those that they add come after them.
    private func runTasks() {
        swap(&self.tasks, &self.running)
        self.handedOver = 0
        for task in self.running { task() }
        self.running.removeAll(keepingCapacity: true)
    }

    // MARK: Channels

    func register(_ channel: SocketChannel, _ interest: Readiness) throws {
        try self.poller.add(channel.descriptor, interest, for: channel)
        self.channels[ObjectIdentifier(channel)] = channel
    }

    func change(_ channel: SocketChannel, _ interest: Readiness) throws {
        try self.poller.change(channel.descriptor, interest, for: channel)
    }

    /// To be called before the socket is closed. The channel lives until the turn is over, because events of it may be
    /// pending.
    func unregister(_ channel: SocketChannel) {
        guard let channel = self.channels.removeValue(forKey: ObjectIdentifier(channel)) else { return }
        self.poller.remove(channel.descriptor)
        self.retired.append(channel)
    }

    // MARK: The end

    /// Ends the loop; its connections are closed.
    package func stop() {
        self.execute { self.isStopping = true }
    }

    private func shutDown() {
        for channel in Array(self.channels.values) { channel.close0(error: ChannelError.eof, mode: .all, promise: nil) }
        repeat {
            self.collectLater()
            self.collectInbox()
            self.runTasks()
            self.runTimers(dueAt: .distantFuture, .loopEnded)
            self.retired = []
        } while !self.tasks.isEmpty || !self.later.isEmpty || !self.inbox.close()
    }

    /// A loop ends with its group, or by ``stop()``.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}

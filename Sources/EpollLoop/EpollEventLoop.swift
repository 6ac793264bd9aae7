import CEpoll
import Dispatch
import Glibc
import NIOCore
import Synchronization

/// An event loop of SwiftNIO's kind for very many connections with little traffic each.
///
/// Its channels run SwiftNIO's pipelines, so that TLS and HTTP are SwiftNIO's; and where a connection needs no pipeline any
/// more, its bytes go straight to a ``SocketReader``. SwiftNIO's own loop takes some five thousand instructions for each
/// event before the first handler sees it, this one a few hundred.
///
/// A turn of the loop reads the sockets that are ready, then runs the timers that are due and the tasks, in turns while there
/// are any.
package final class EpollEventLoop: EventLoop, NIOSerialEventLoopExecutor, @unchecked Sendable {
    /// Whoever hands one over gives it up.
    private struct TaskList: @unchecked Sendable {
        var tasks: [() -> Void] = []
    }

    /// What other threads hand over.
    private struct Inbox {
        var list = TaskList()
        /// The loop does not sleep, or was woken.
        var isAwake = true
        /// Nothing is run any more.
        var isClosed = false
    }

    private let inbox = Mutex(Inbox())
    private let ids = Atomic<UInt64>(0)
    private var thread = pthread_t()

    // The loop's thread only. Nothing is called while one of them is accessed, and each event would pay for the checks.
    @exclusivity(unchecked) private var poller: Poller
    @exclusivity(unchecked) private var tasks: [() -> Void] = []
    /// How many of them, at the front, are from other threads.
    @exclusivity(unchecked) private var handedOver = 0
    @exclusivity(unchecked) private var running: [() -> Void] = []
    /// Those of the next turn.
    @exclusivity(unchecked) private var later: [() -> Void] = []
    @exclusivity(unchecked) private var timers = TimerQueue()
    @exclusivity(unchecked) private var retired: [SocketChannel] = []
    private var channels: [ObjectIdentifier: SocketChannel] = [:]
    private var isStopping = false

    /// Where sockets are read into: what a reader is shown is overwritten by the next read.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// Receives from many sockets at once, where the system lets it. Made when there are some, on the loop's thread.
    private lazy var batch = SocketBatch()
    /// What a batch reads, one slice for each socket.
    private let receiveSlices = UnsafeMutableRawBufferPointer.allocate(
        byteCount: SocketBatch.limit * sliceStride, alignment: 64)
    private static let sliceLength = 16 << 10
    /// Not a power of two: the beginnings of the slices, where short messages lie, have cache lines of their own.
    private static let sliceStride = sliceLength + 192
    /// Fewer sockets than that are read one by one.
    private static let smallestBatch = 3

    /// Tasks that one turn runs at most: those that beget others do not keep it from its sockets.
    private static let tasksPerTurn = 4096

    /// - Throws: `IOError` where the system has no descriptors left.
    init() throws {
        self.poller = try Poller()
    }

    deinit {
        self.receiveBuffer.deallocate()
        self.receiveSlices.deallocate()
    }

    /// Runs a loop on the thread that calls, until ``stop()``.
    ///
    /// - Parameter body: called first, on the loop.
    /// - Throws: `IOError` where the system has no descriptors left.
    package static func runOnCurrentThread(_ body: (EpollEventLoop) -> Void) throws {
        let loop = try EpollEventLoop()
        loop.adoptThread()
        body(loop)
        loop.run()
    }

    func adoptThread() { self.thread = pthread_self() }

    // MARK: Turns

    func run() {
        while !self.isStopping { self.turn() }
        self.shutDown()
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
        return self.inbox.withLock {
            $0.isAwake = !$0.list.tasks.isEmpty
            return !$0.isAwake
        }
    }

    /// Puts them first: what a task does of which another thread knew before, such as a script that a signal ended, comes behind
    /// what that thread had to say.
    private func collectInbox() {
        let list = self.inbox.withLock { inbox in
            inbox.isAwake = true
            let list = inbox.list
            if !list.tasks.isEmpty { inbox.list = TaskList() }
            return list
        }
        if list.tasks.isEmpty { return }
        self.tasks.insert(contentsOf: list.tasks, at: self.handedOver)
        self.handedOver += list.tasks.count
    }

    private func runTimersAndTasks() {
        var count = 0
        self.collectInbox()
        repeat {
            if self.timers.next != nil {
                let now = NIODeadline.now()
                while let body = self.timers.popDue(now) { body() }
            }
            count += self.tasks.count
            self.runTasks()
            self.collectInbox()
        } while !self.tasks.isEmpty && count < Self.tasksPerTurn
    }

    /// Runs those that are there. What they beget comes behind them.
    private func runTasks() {
        swap(&self.tasks, &self.running)
        self.handedOver = 0
        for task in self.running { task() }
        self.running.removeAll(keepingCapacity: true)
    }

    // MARK: Tasks

    package var inEventLoop: Bool { pthread_equal(self.thread, pthread_self()) != 0 }

    package func execute(_ task: @escaping @Sendable () -> Void) {
        if self.inEventLoop { self.tasks.append(task) } else { self.handOver(task) }
    }

    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) { self.tasks.append(task) }

    /// Adds a task for which the sockets do not wait: they, the timers and the other tasks come first. On the loop's thread only.
    package func executeInNextTurn(_ task: @escaping () -> Void) { self.later.append(task) }

    private func collectLater() {
        self.tasks += self.later
        self.later.removeAll(keepingCapacity: true)
    }

    /// Adds a task behind those of all threads.
    private func handOver(_ task: @escaping () -> Void) {
        let list = TaskList(tasks: [task])
        let mustWake = self.inbox.withLock { inbox in
            if inbox.isClosed { return false }
            inbox.list.tasks += list.tasks
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        if mustWake { self.poller.wake() }
    }

    // MARK: Timers

    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        self.schedule(deadline, task)
    }

    package func scheduleTask<T>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.schedule(.now() + time, task)
    }

    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        deadline: NIODeadline, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        self.schedule(deadline, task)
    }

    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        in time: TimeAmount, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        self.schedule(.now() + time, task)
    }

    private func schedule<T>(_ deadline: NIODeadline, _ task: @escaping () throws -> T) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let id = self.addTimer(deadline) {
            // Those that are left when the loop ends never come.
            if self.isStopping { return promise.fail(EventLoopError.shutdown) }
            promise.assumeIsolated().completeWith(Result { try task() })
        }
        return Scheduled(promise: promise) { self.cancelTimer(id) }
    }

    package func scheduleCallback(
        at deadline: NIODeadline, handler: some (NIOScheduledCallbackHandler & Sendable)
    ) -> NIOScheduledCallback {
        let id = self.addTimer(deadline) {
            if !self.isStopping { handler.handleScheduledCallback(eventLoop: self) }
        }
        return NIOScheduledCallback(self, id: id)
    }

    package func cancelScheduledCallback(_ scheduledCallback: NIOScheduledCallback) {
        guard let id = scheduledCallback.customCallbackID else { return }
        self.cancelTimer(id)
    }

    private func addTimer(_ deadline: NIODeadline, _ body: @escaping () -> Void) -> UInt64 {
        let id = self.ids.add(1, ordering: .relaxed).newValue
        if self.inEventLoop {
            self.timers.add(id, at: deadline, body)
        } else {
            self.handOver { self.timers.add(id, at: deadline, body) }
        }
        return id
    }

    private func cancelTimer(_ id: UInt64) {
        if self.inEventLoop, self.timers.cancel(id) { return }
        // It may be on its way from another thread.
        self.handOver { _ = self.timers.cancel(id) }
    }

    // MARK: Channels

    func register(_ channel: SocketChannel, _ interest: Readiness) throws {
        try self.poller.add(channel.descriptor, interest, for: channel)
        self.channels[ObjectIdentifier(channel)] = channel
    }

    func change(_ channel: SocketChannel, _ interest: Readiness) throws {
        try self.poller.change(channel.descriptor, interest, for: channel)
    }

    /// To be called before the socket is closed. The channel lives on until the turn is over, as what the system told of it may be
    /// still to come.
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
            while let body = self.timers.popDue(.distantFuture) { body() }
        } while !self.closeInbox()
        self.retired = []
    }

    /// - Returns: false where there is something in it.
    private func closeInbox() -> Bool {
        guard self.tasks.isEmpty, self.later.isEmpty else { return false }
        return self.inbox.withLock { inbox in
            inbox.isClosed = inbox.list.tasks.isEmpty
            return inbox.isClosed
        }
    }

    /// A loop ends with its group, or by ``stop()``.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}

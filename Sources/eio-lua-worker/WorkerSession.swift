import Glibc
import LoadEngine
import LoadPlan
import Locust
import LocustTransport
import NIOPosix
import ProcessSupport

/// A worker from its start to its end: talks to the master, on a thread that no user ever runs on.
final class WorkerSession {
    private let settings: WorkerSettings
    private let mailbox: Mailbox
    private let socket: MasterSocket
    private let pool: NIOThreadPool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var machine: WorkerMachine
    private var name: String
    private var tally = RequestTally()
    private var exceptions = ExceptionQueue()
    private var logs = LogLines()
    private var usage: ProcessUsage
    private var test: WorkerTest?
    /// A final measurement is on its way, for so many scripts.
    private var awaitedMeasurements = 0
    private var hasFailed = false
    private var hasMeasuredNothing = false
    private var saidRefused = false
    private var status: Int32?

    /// Exceptions in one report; a script may raise thousands, and each is a message for the master.
    private static let exceptionsPerReport = 100

    init(_ settings: WorkerSettings, mailbox: Mailbox) throws {
        self.settings = settings
        self.mailbox = mailbox
        self.socket = try MasterSocket(host: settings.host, port: settings.port)
        self.pool = NIOThreadPool(numberOfThreads: settings.scripts.count)
        self.start = self.clock.now
        self.machine = WorkerMachine(graceful: settings.scripts.map(\.graceful).max() ?? .zero)
        self.name = nodeName()
        self.usage = ProcessUsage(threads: settings.threads)
    }

    /// - Returns: the exit status.
    func run() throws -> Int32 {
        self.pool.start()
        let mailbox = self.mailbox
        Signals.install(secondStatus: { _ in ExitStatus.stoppedFromOutside.rawValue }) { _ in
            mailbox.post(.leave(.interrupted))
        }
        for script in self.settings.scripts {
            for warning in script.plan.warnings { self.log("warning: \(script.path): \(warning)") }
        }
        let classes = self.settings.scripts.flatMap(\.classes).joined(separator: ", ")
        self.log("waiting for the master at \(self.settings.host):\(self.settings.port), with the classes \(classes)")
        try self.socket.open(as: self.name)
        while true {
            let wait = min(max(self.machine.nextWake - self.elapsed, .zero), .seconds(60))
            // A millisecond more, so as not to wake before what is due.
            let milliseconds = Int(wait / .milliseconds(1)) + 1
            for event in self.socket.wait(orFor: self.mailbox.descriptor, atMost: milliseconds) {
                try self.handle(event)
            }
            for event in self.mailbox.takeAll() { try self.handle(event) }
            try self.act { $0.wake(at: $1, into: &$2) }
            if let status = self.status {
                self.socket.close()
                return status
            }
        }
    }

    private var elapsed: Duration { self.clock.now - self.start }

    private func log(_ line: String) {
        FileDescriptorOutput.standardError.say("eio-lua: \(line)")
        self.logs.add(line)
    }

    // MARK: Events

    private func handle(_ event: MasterSocket.Event) throws {
        switch event {
        case .connected: try self.act { $0.connected(at: $1, into: &$2) }
        case .disconnected: try self.act { $0.disconnected(at: $1, into: &$2) }
        case .received(let message): try self.act { $0.received(message, at: $1, into: &$2) }
        case .unreadable: self.log("the master sent a message that is not Locust's; it is ignored")
        case .refused:
            if !self.saidRefused {
                self.log("there is a server at the master's address, but it is not a Locust master")
            }
            self.saidRefused = true
        }
    }

    private func handle(_ event: WorkerEvent) throws {
        switch event {
        case .measured(let script, let requests, let errors):
            self.tally.add(requests, errors: errors, source: script, at: WallClock.now())
            self.exceptions.add(errors, source: script)
            guard self.awaitedMeasurements > 0 else { return }
            self.awaitedMeasurements -= 1
            if self.awaitedMeasurements == 0, self.machine.isRegistered { self.report() }
        case .usersStarted(let users): try self.act { $0.usersStarted(users, at: $1, into: &$2) }
        case .failed(let text):
            self.hasFailed = true
            self.log(text)
            self.exceptions.add(text)
        case .measuredNothing(let text):
            self.hasMeasuredNothing = true
            self.log(text)
        case .testEnded:
            self.test = nil
            try self.act { $0.testEnded(at: $1, into: &$2) }
            let reported = self.tally.reported
            self.log(
                "the test has ended: \(reported.requests) requests and \(reported.failures) failures were reported")
        case .leave(let end):
            if case .aborted(let message) = end { self.exceptions.add("the script aborts the test: \(message)") }
            try self.act { $0.leave(end, $1, &$2) }
        case .logged(let line): self.log(line)
        }
    }

    private func act(_ event: (inout WorkerMachine, Duration, inout [WorkerAction]) -> Void) throws {
        var actions: [WorkerAction] = []
        event(&self.machine, self.elapsed, &actions)
        for action in actions { try self.perform(action) }
    }

    // MARK: Actions

    private func perform(_ action: WorkerAction) throws {
        switch action {
        case .send(let message): self.send(message)
        case .report: self.report()
        case .sendHeartbeat:
            self.send(
                .heartbeat(self.machine.state, cpu: self.usage.takeCPU(), memory: ProcessUsage.memory()))
        case .sendLogs: if let lines = self.logs.takeAll() { self.send(.logs(lines)) }
        case .reconnect(let newName):
            if newName { self.name = nodeName() }
            try self.socket.open(as: self.name)
        case .startTest(let order): self.startTest(order)
        case .direct(let users):
            let text = users.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            self.log("users: \(text)")
            self.test?.direct(users)
        case .endTest: self.test?.end()
        case .measureAndReport:
            self.awaitedMeasurements = self.test?.measure() ?? 0
            if self.awaitedMeasurements == 0 { self.report() }
        case .dropMeasurements: self.tally.dropPending()
        case .log(let line): self.log(line)
        case .exit(let end): self.exit(end)
        }
    }

    private func startTest(_ order: SpawnOrder) {
        self.tally.startTest()
        self.exceptions = ExceptionQueue()
        let own = Set(self.settings.scripts.flatMap(\.classes))
        for name in order.users.keys.sorted() where !own.contains(name) {
            let text = "the master has a class \(name), which none of this worker's scripts has: it gets no users here"
            self.log(text)
            self.exceptions.add(text)
        }
        let test = WorkerTest(self.settings, order: order, index: self.machine.index, mailbox: self.mailbox)
        self.test = test
        test.start(on: self.pool)
    }

    private func report() {
        for message in self.exceptions.take(atMost: Self.exceptionsPerReport) { self.send(message) }
        self.send(.statistics(self.tally.takeReport(at: WallClock.now()), self.machine.users))
    }

    private func send(_ message: WorkerMessage) {
        guard !self.socket.send(MessagePack.encode(message.value(from: self.name))) else { return }
        self.log("the master does not take messages: one of the kind \(message.type) is lost")
    }

    /// Of the tests that ran.
    private var ownStatus: ExitStatus {
        if self.hasFailed { return .scriptFailed }
        return self.hasMeasuredNothing ? .thresholdsFailed : .success
    }

    private func exit(_ end: WorkerEnd) {
        self.status =
            switch end {
            case .quitByMaster: self.ownStatus.rawValue
            case .interrupted: ExitStatus.stoppedFromOutside.rawValue
            case .aborted: ExitStatus.aborted.rawValue
            case .noMaster: EXIT_FAILURE
            }
        switch end {
        case .quitByMaster: break
        case .interrupted: self.log("stopped by a signal")
        case .aborted(let message): self.log("the script aborts the test: \(message)")
        case .noMaster(let reason): self.log(reason)
        }
    }
}

/// Another one each time. The master spreads users over machines by what stands before the first "_".
private func nodeName() -> String {
    let host = hostName().unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == ".")
            ? String(scalar) : "-"
    }
    let number = (0..<2).map { _ in
        let digits = String(UInt64.random(in: 0...(.max)), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return (host.isEmpty ? "worker" : host.joined()) + "_" + number.joined()
}

import EngineIO
import Logging
import NIOCore
import NIOEmbedded

@testable import EngineIOClient

/// A network in memory for one test: connections are `EmbeddedChannel`s, and the test answers each attempt to open one.
final class MemoryNetwork {
    struct Attempt {
        var addresses: HostAddresses
        var completion: (Result<any Channel, any Error>) -> Void
    }

    let eventLoop = EmbeddedEventLoop()
    let clientLoop: ClientLoop
    let meter = PhaseMeter()
    /// The attempts that were not answered yet.
    private(set) var attempts: [Attempt] = []
    private(set) var lookups: [(name: String, promise: EventLoopPromise<HostAddresses>)] = []
    /// All connections that were opened.
    private(set) var channels: [EmbeddedChannel] = []
    private(set) var cancelled = 0

    init() {
        self.clientLoop = ClientLoop(eventLoop: self.eventLoop)
    }

    func connector(_ configuration: ClientConfiguration = ClientConfiguration()) -> Connector {
        Connector(
            ClientSettings(loop: self.clientLoop, configuration: configuration),
            observer: SessionObserver(logger: .quiet, meter: self.meter, loop: self.clientLoop)
        ) { addresses, _, progress, completion in
            self.attempts.append(Attempt(addresses: addresses, completion: completion))
            progress.began { self.cancelled += 1 }
        } lookUp: { host, port in
            let promise = self.eventLoop.makePromise(of: HostAddresses.self)
            self.lookups.append(("\(host):\(port)", promise))
            return promise.futureResult
        }
    }

    /// Accepts the oldest attempt.
    @discardableResult
    func accept() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: self.eventLoop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        self.channels.append(channel)
        self.attempts.removeFirst().completion(.success(channel))
        return channel
    }

    func fail(_ error: any Error) { self.attempts.removeFirst().completion(.failure(error)) }

    /// Ends a connection from the server's side.
    func end(_ channel: EmbeddedChannel, error: (any Error)? = nil) {
        if let error { channel.pipeline.fireErrorCaught(error) }
        channel.close(promise: nil)
        self.eventLoop.run()
    }
}

/// Keeps the phases that it is notified of.
final class PhaseMeter: SessionMeter {
    let traffic = TrafficCounts()
    private(set) var phases: [String] = []

    func connectStarted() {}
    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount) {
        self.phases.append("\(phase) \(transport)")
    }
    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?) {}
    func pinged(_ transport: Transport, after time: TimeAmount) {}
    func sessionEnded(
        _ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount
    ) {}
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension EmbeddedChannel {
    /// All bytes that were written since the last call, as text.
    func written() throws -> String {
        var text = ""
        while let bytes = try self.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    func receive(_ text: String) { _ = try? self.writeInbound(ByteBuffer(string: text)) }
}

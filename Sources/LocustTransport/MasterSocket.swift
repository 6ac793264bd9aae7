import CZeroMQ
import Glibc
import Locust

/// The connection to a master: ZeroMQ's DEALER socket, which connects again by itself. Belongs to one thread.
package final class MasterSocket {
    package enum Event: Equatable, Sendable {
        case connected
        case disconnected
        /// Something listens there that does not speak ZeroMQ.
        case refused
        case received(MasterMessage)
        /// A message that no master sends.
        case unreadable
    }

    /// An error of the library's.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        init(_ action: String) {
            self.description = "cannot \(action): \(String(cString: zmq_strerror(zmq_errno())))"
        }
    }

    private let address: String
    private let context: UnsafeMutableRawPointer
    private var socket: UnsafeMutableRawPointer?
    private var monitor: UnsafeMutableRawPointer?
    private var monitors = 0

    /// How long what was sent last may take to leave when the socket is closed.
    private static let linger: Int32 = 1000
    private static let maximumMessage: Int64 = 16 << 20

    /// - Parameter host: a name or an address, of either family.
    package init(host: String, port: Int) throws {
        self.address = "tcp://" + (host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host) + ":\(port)"
        guard let context = zmq_ctx_new() else { throw Failure("start ZeroMQ") }
        self.context = context
    }

    /// Waits until what was sent has left, for a second at most.
    package func close() {
        self.closeSocket()
        zmq_ctx_term(self.context)
    }

    /// Makes a new connection, under this name.
    package func open(as name: String) throws {
        self.closeSocket()
        guard let socket = zmq_socket(self.context, ZMQ_DEALER) else { throw Failure("make a socket") }
        self.socket = socket
        name.withCString { _ = zmq_setsockopt(socket, ZMQ_ROUTING_ID, $0, strlen($0)) }
        Self.set(socket, ZMQ_LINGER, Self.linger)
        Self.set(socket, ZMQ_IPV6, 1)
        // Nothing is kept for a master that is not there: the next one would get it.
        Self.set(socket, ZMQ_IMMEDIATE, 1)
        Self.set(socket, ZMQ_RECONNECT_IVL, 200)
        Self.set(socket, ZMQ_RECONNECT_IVL_MAX, 2000)
        // As Locust's own workers have it.
        Self.set(socket, ZMQ_TCP_KEEPALIVE, 1)
        Self.set(socket, ZMQ_TCP_KEEPALIVE_IDLE, 30)
        var most = Self.maximumMessage
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, MemoryLayout<Int64>.size)
        try self.watch(socket)
        guard zmq_connect(socket, self.address) == 0 else { throw Failure("connect to \(self.address)") }
    }

    /// - Returns: false where the message could not go out: there is no connection, or the master takes nothing.
    package func send(_ bytes: [UInt8]) -> Bool {
        guard let socket = self.socket else { return false }
        return bytes.withUnsafeBytes { zmq_send(socket, $0.baseAddress, $0.count, ZMQ_DONTWAIT) } >= 0
    }

    /// Waits for something to happen here or at the descriptor.
    ///
    /// - Parameters:
    ///   - descriptor: becomes readable when the wait is to end; it is not read.
    ///   - milliseconds: the longest wait.
    package func wait(orFor descriptor: Int32, atMost milliseconds: Int) -> [Event] {
        let input = Int16(ZMQ_POLLIN)
        var items = [zmq_pollitem_t(socket: nil, fd: descriptor, events: input, revents: 0)]
        for socket in [self.monitor, self.socket] {
            items.append(zmq_pollitem_t(socket: socket, fd: 0, events: input, revents: 0))
        }
        guard zmq_poll(&items, Int32(items.count), milliseconds) > 0 else { return [] }
        return self.monitored() + self.received()
    }

    // MARK: Reading

    private func received() -> [Event] {
        var events: [Event] = []
        while let parts = Self.receive(self.socket) {
            let value = parts.count == 1 ? parts[0].withUnsafeBytes(MessagePack.decode) : nil
            events.append(value.flatMap(MasterMessage.init).map(Event.received) ?? .unreadable)
        }
        return events
    }

    private func monitored() -> [Event] {
        var events: [Event] = []
        while let parts = Self.receive(self.monitor) {
            guard let frame = parts.first, frame.count >= 2 else { continue }
            switch Int32(UInt16(frame[0]) | UInt16(frame[1]) << 8) {
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: events.append(.connected)
            case ZMQ_EVENT_DISCONNECTED: events.append(.disconnected)
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: events.append(.refused)
            default: break
            }
        }
        return events
    }

    /// The frames of the next message; nil if no message waits.
    private static func receive(_ socket: UnsafeMutableRawPointer?) -> [[UInt8]]? {
        guard let socket else { return nil }
        var parts: [[UInt8]] = []
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        repeat {
            guard zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0 else { return nil }
            parts.append(Array(UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))))
        } while zmq_msg_more(&message) != 0
        return parts
    }

    // MARK: Opening and closing

    /// The library reports connections and their ends over a separate socket.
    private func watch(_ socket: UnsafeMutableRawPointer) throws {
        self.monitors += 1
        let address = "inproc://monitor-\(self.monitors)"
        let events =
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        guard zmq_socket_monitor(socket, address, events) == 0, let monitor = zmq_socket(self.context, ZMQ_PAIR),
            zmq_connect(monitor, address) == 0
        else { throw Failure("watch a socket") }
        Self.set(monitor, ZMQ_LINGER, 0)
        self.monitor = monitor
    }

    private func closeSocket() {
        if let socket = self.socket {
            zmq_socket_monitor(socket, nil, 0)
            zmq_close(socket)
        }
        if let monitor = self.monitor { zmq_close(monitor) }
        (self.socket, self.monitor) = (nil, nil)
    }

    private static func set(_ socket: UnsafeMutableRawPointer, _ option: Int32, _ value: Int32) {
        var value = value
        zmq_setsockopt(socket, option, &value, MemoryLayout<Int32>.size)
    }
}

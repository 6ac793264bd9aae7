import EngineIO
import NIOCore

/// Packets that one transport hands over to another, and the calls that wait for them to be written.
struct WaitingPackets {
    var packets: CircularBuffer<Packet>
    var drain: DrainWaiters
}

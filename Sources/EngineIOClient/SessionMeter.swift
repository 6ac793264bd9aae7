import EngineIO
import NIOCore

/// Measures sessions. All calls come on the session's loop.
package protocol SessionMeter: AnyObject {
    /// Where the messages of the sessions are counted.
    var traffic: TrafficCounts { get }
    func connectStarted()
    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount)
    /// Called once for each ``connectStarted()``. `transport` is the one that was tried last, nil if none was.
    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?)
    /// The time between two pings of the server, or between the opening and the first.
    func pinged(_ transport: Transport, after time: TimeAmount)
    /// An opened session is over.
    func sessionEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount)
}

import EngineIOClient

/// Measures the clients of a load test's scripts, of whichever protocol.
package protocol ClientMeter: SessionMeter, SocketIOMeter {}

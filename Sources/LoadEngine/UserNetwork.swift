import EngineIO
import EngineIOClient
import LoadPlan
import NIOCore
import Scripting

/// How the users of a run reach the server. Each user has its own way by its identifier, which is unique over all loops
/// and segments: so the whole run has the requested proportions.
package struct UserNetwork: Sendable {
    package var mix: TransportMix?
    /// Where the users come from, in turn; empty for what the system chooses.
    package var localAddresses: [SocketAddress] = []

    private static let transports: [TransportMix.Kind: [Transport]] = [
        .polling: [.polling], .upgrade: [.polling, .websocket], .websocket: [.websocket],
    ]

    package init() {}

    func apply(to clients: inout ClientDefaults, user idInTest: Int) {
        clients.trace?.user = idInTest
        if let kind = self.mix?.kind(ofUser: idInTest) { clients.transports = Self.transports[kind] ?? [] }
        if !self.localAddresses.isEmpty {
            clients.localAddress = self.localAddresses[(idInTest - 1) % self.localAddresses.count]
        }
    }
}

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

    package init() {}

    func apply(to clients: inout ClientDefaults, user idInTest: Int) {
        clients.trace?.user = idInTest
        switch self.mix?.kind(ofUser: idInTest) {
        case .polling: clients.transports = [.polling]
        case .upgrade: clients.transports = [.polling, .websocket]
        case .websocket: clients.transports = [.websocket]
        case nil: break
        }
        if !self.localAddresses.isEmpty {
            clients.localAddress = self.localAddresses[(idInTest - 1) % self.localAddresses.count]
        }
    }
}

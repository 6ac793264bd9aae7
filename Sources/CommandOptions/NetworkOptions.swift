import CommandLineParser
import LoadEngine
import LoadPlan
import ProcessSupport

/// How users reach the server.
package struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Transports in percent of the users, such as polling=20,upgrade=60,websocket=20.", valueName: "shares"))
    var mix: String?

    @Option(
        help: ArgumentHelp(
            "Addresses of this machine that the users come from: IP, FIRST-LAST or CIDR, separated by commas.",
            valueName: "addresses"))
    var localIps: String?

    package init() {}

    /// - Throws: `OptionErrors`.
    package func network() throws -> UserNetwork {
        var network = UserNetwork()
        network.mix = try self.mix.map { try TransportMix(parsing: $0) }
        network.localAddresses = try self.localIps.map { try LocalAddresses.parse($0) } ?? []
        return network
    }
}

/// Whether the machine has room for a plan: a descriptor and a local port for each connection.
///
/// A shortage is a warning and not an error: whether a user connects at all, and to how many addresses, only the
/// script knows.
package struct Preflight: Equatable, Sendable {
    /// The limit of open descriptors.
    package var descriptors: Int
    /// Descriptors that are open before a user starts, and those that the program itself needs later.
    package var reserved: Int
    /// Local ports for connections to one address; nil where they are not known.
    package var ports: Int?

    package init(descriptors: Int, reserved: Int, ports: Int?) {
        self.descriptors = descriptors
        self.reserved = reserved
        self.ports = ports
    }

    /// Possible shortages, each with the command that fixes it.
    ///
    /// - Parameter users: the most at once.
    package func warnings(users: Int) -> [String] {
        var warnings: [String] = []
        if users + self.reserved > self.descriptors {
            let needed = users + self.reserved
            warnings.append(
                "\(users) users with a connection each need \(needed) file descriptors, and the limit is "
                    + "\(self.descriptors): raise it by `ulimit -n \(needed)` before the start (its hard limit as "
                    + "root, or by nofile in /etc/security/limits.conf), or run fewer users in this process")
        }
        if let ports, users > ports {
            warnings.append(
                "\(users) users with a connection each to one address need as many local ports, and there are "
                    + "\(ports): widen their range by `sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"`, or run "
                    + "fewer users on this machine")
        }
        return warnings
    }

    /// The number of ports that `/proc/sys/net/ipv4/ip_local_port_range` contains.
    package static func ports(range text: String) -> Int? {
        let ends = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return nil }
        return ends[1] - ends[0] + 1
    }
}

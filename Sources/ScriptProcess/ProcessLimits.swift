import Glibc
import LoadPlan
import ProcessSupport

extension Preflight {
    /// The limits of this machine; that of descriptors was raised as far as possible.
    ///
    /// - Parameter threads: event loops, which need some descriptors each.
    static func ofThisProcess(threads: Int) -> Preflight {
        Preflight(
            descriptors: FileDescriptorLimit.current, reserved: 32 + 4 * threads, ports: Self.localPorts())
    }

    private static func localPorts() -> Int? {
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        guard fgets(&text, Int32(text.count), file) != nil else { return nil }
        return Self.ports(range: String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}

import Glibc
import LoadPlan

extension Preflight {
    /// What this machine has; the descriptors' limit was raised as far as it can be.
    ///
    /// - Parameter threads: event loops, which need some descriptors each.
    static func ofThisProcess(threads: Int) -> Preflight {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        let known = getrlimit(resource, &limit) == 0 && limit.rlim_cur < rlim_t(Int32.max)
        return Preflight(
            descriptors: known ? Int(limit.rlim_cur) : Int(Int32.max), reserved: 32 + 4 * threads,
            ports: Self.localPorts())
    }

    private static func localPorts() -> Int? {
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        guard fgets(&text, Int32(text.count), file) != nil else { return nil }
        return Self.ports(range: String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}

/// Processors that there are.
package func processorCount() -> Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

/// CPU time of this process so far, in seconds.
package func processCPUTime() -> Double {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

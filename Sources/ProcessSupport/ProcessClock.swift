import Glibc

/// CPU and time of this process.
package enum ProcessClock {
    /// CPU time of this process so far, in seconds.
    package static func cpuTime() -> Double { self.seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// CPU time of the calling thread so far, in seconds.
    package static func threadTime() -> Double { self.seconds(of: CLOCK_THREAD_CPUTIME_ID) }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Nanoseconds on a clock that only goes forward.
    package static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Processors of this machine.
    package static func processorCount() -> Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}

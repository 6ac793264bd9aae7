import Glibc
import ProcessSupport

/// How much of the machine this process uses.
struct ProcessUsage {
    private var cpuTime = ProcessClock.cpuTime()
    private var time = Self.now()
    private let processors: Double

    /// - Parameter threads: event loops that there are.
    init(threads: Int) {
        self.processors = Double(max(1, min(threads, ProcessClock.processorCount())))
    }

    /// Since the last call, in percent of all processors that the event loops can use.
    mutating func takeCPU() -> Double {
        let (cpuTime, time) = (ProcessClock.cpuTime(), Self.now())
        defer { (self.cpuTime, self.time) = (cpuTime, time) }
        guard time > self.time else { return 0 }
        return min((cpuTime - self.cpuTime) / (time - self.time) / self.processors * 100, 100)
    }

    /// Resident memory in bytes; 0 if the system does not report it.
    static func memory() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func now() -> Double { Double(ProcessClock.monotonic()) / 1e9 }
}

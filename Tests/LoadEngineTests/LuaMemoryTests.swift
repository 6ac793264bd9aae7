import Glibc
import LoadPlan
import Logging
import Metrics
import Scripting
import TestSupport
import Testing

@testable import LoadEngine

/// Memory that load runs leave behind in a process with many of them, such as a worker.
struct LuaMemoryTests {
    private static func settings(_ script: String) -> ScriptSettings {
        var options = ScriptOptions()
        options.steps = [.code(Array(script.utf8))]
        options.ignoresEnvironment = true
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return ScriptSettings(
            options: options, environment: [:], maximumBlock: 10, logger: logger, onSlowSlice: { _ in })
    }

    /// Bytes that this process has taken from the system, or, with a sanitizer, which keeps freed memory, bytes that
    /// are allocated.
    private static func memoryInUse() throws -> Int {
        if let bytes = Sanitizer.allocatedBytes { return bytes }
        let file = try #require(fopen("/proc/self/statm", "re"))
        defer { fclose(file) }
        var fields = [CChar](repeating: 0, count: 128)
        #expect(fgets(&fields, Int32(fields.count), file) != nil)
        let text = String(decoding: fields.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return try #require(Int(text.split(separator: " ")[1])) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// In a process of its own, because memory is the whole process's, and other tests run beside this one.
    @Test func hundredRunsNeedNoMoreMemoryThanTen() async {
        await #expect(processExitsWith: .success) {
            let script = Self.settings("function setup() return {} end function default() end")
            var commandLine = CommandLineOptions()
            commandLine.vus = 20
            commandLine.iterations = 20
            var afterTen = 0
            for run in 1...100 {
                let plan = try LoadPlan(commandLine: commandLine, shape: .scenario)
                _ = try ScriptReader(script).call("setup", argument: "", timeout: .seconds(60))
                let settings = LoadSettings(script: script, plan: plan, threads: 1, seed: 1)
                let last = try LoadRun(settings, registry: MetricRegistry()) { _ in }.run { _ in }
                #expect(last.collector.value(MetricSelector(metric: "iterations"), .count, seconds: 1) == 20)
                if run == 10 { afterTen = try Self.memoryInUse() }
            }
            #expect(try Self.memoryInUse() - afterTen <= 2 << 20)
        }
    }
}

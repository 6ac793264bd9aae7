import LocustTransport
import TestSupport
import Testing

@testable import Locust

/// Messages that end the master's listener are never sent: missing keys, values of other types, invalid UTF-8.
struct WorkerMessageTests {
    /// As it arrives.
    private func sent(_ message: WorkerMessage) throws -> MessageValue {
        let bytes = MessagePack.encode(message.value(from: "host_1"))
        guard case .array(let parts)? = bytes.withUnsafeBytes(MessagePack.decode) else {
            throw OddMessage(description: "no list")
        }
        #expect(parts.count == 3)
        #expect(parts[0].string == message.type)
        #expect(parts[2] == "host_1")
        return parts[1]
    }

    private struct OddMessage: Error { let description: String }

    private func keys(_ value: MessageValue?) -> Set<String> {
        guard case .map(let pairs)? = value else { return [] }
        return Set(pairs.compactMap(\.key.string))
    }

    private static let entryKeys: Set<String> = [
        "name", "method", "last_request_timestamp", "start_time", "num_requests", "num_none_requests", "num_failures",
        "total_response_time", "max_response_time", "min_response_time", "total_content_length", "response_times",
        "num_reqs_per_sec", "num_fail_per_sec",
    ]

    @Test func readyIsMinusOneWhichNoMasterCompares() throws {
        #expect(try self.sent(.clientReady) == -1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -5, 0, 99.5, 1e308])
    func heartbeatAlwaysHasANumber(_ cpu: Double) throws {
        let data = try self.sent(.heartbeat(.running, cpu: cpu, memory: -1))
        #expect(self.keys(data) == ["state", "current_cpu_usage", "current_memory_usage"])
        #expect(data["current_cpu_usage"]?.double != nil)
        #expect(data["current_memory_usage"] == 0)
        #expect(data["state"] == "running")
    }

    @Test func spawningCompleteAlwaysHasItsCounts() throws {
        for counts in [[:], ["a": 3, "b": 0]] as [UserCounts] {
            let data = try self.sent(.spawningComplete(counts))
            #expect(self.keys(data) == ["user_classes_count", "user_count"])
            #expect(self.keys(data["user_classes_count"]) == Set(counts.keys))
            #expect(data["user_count"] == .int(counts.values.reduce(0, +)))
        }
    }

    @Test(arguments: ["__datetime__", "__ObjectId__"])
    func noMapIsTakenForAnotherValue(_ name: String) throws {
        let counts = try self.sent(.spawningComplete([name: 1, "a": 1]))
        #expect(self.keys(counts["user_classes_count"]) == ["a"])
        var report = StatisticsReport(at: 1)
        let request = StatisticsReport.Request(method: "EIO", name: name)
        report.entries[request] = .init(at: 1)
        report.failures[.init(request: request, text: name)] = .init(count: 1, first: 1, last: 1)
        let data = try self.sent(.statistics(report, [name: 1]))
        for map in Self.maps(data) {
            #expect(!self.keys(map).contains("__datetime__") && !self.keys(map).contains("__ObjectId__"))
        }
    }

    private static func maps(_ value: MessageValue) -> [MessageValue] {
        switch value {
        case .map(let pairs): [value] + pairs.flatMap { Self.maps($0.value) }
        case .array(let values): values.flatMap(Self.maps)
        default: []
        }
    }

    @Test func emptyReportIsComplete() throws {
        let data = try self.sent(.statistics(StatisticsReport(at: 5), [:]))
        #expect(self.keys(data) == ["stats", "stats_total", "errors", "user_classes_count", "user_count"])
        #expect(data["stats"] == .array([]))
        #expect(data["errors"] == [:])
        #expect(self.keys(data["stats_total"]) == Self.entryKeys)
        #expect(data["stats_total"]?["name"] == "Aggregated")
        // A 0 would be the least time of the whole test.
        #expect(data["stats_total"]?["min_response_time"] == nil)
    }

    @Test func reportOfOddValuesIsComplete() throws {
        var report = StatisticsReport(at: .nan)
        var entry = StatisticsReport.Entry(at: .infinity)
        entry.requests = .max
        entry.totalTime = .nan
        entry.maxTime = .infinity
        entry.minTime = -.infinity
        entry.times = [0: 1, Int.max: 2]
        report.entries[.init(method: "EIO", name: "")] = entry
        let failed = StatisticsReport.Failure(request: .init(method: "EIO", name: "\u{0}"), text: "")
        report.failures[failed] = .init(count: .max, first: .nan, last: -.infinity)
        let data = try self.sent(.statistics(report, ["": .max]))
        guard case .array(let entries)? = data["stats"], case .map(let errors)? = data["errors"] else {
            throw OddMessage(description: "\(data)")
        }
        #expect(entries.map(self.keys) == [Self.entryKeys])
        for key in ["start_time", "total_response_time", "max_response_time", "min_response_time"] {
            #expect(entries[0][key]?.double != nil)
        }
        #expect(
            errors.map { self.keys($0.value) }
                == [["name", "method", "error", "occurrences", "first_seen", "last_seen"]])
    }

    @Test func longTextIsCutBetweenScalars() throws {
        let texts = [
            String(repeating: "x", count: 5_000_000), String(repeating: "é", count: 50_000),
            "e" + String(repeating: "\u{301}", count: 1_000_000), String(repeating: "👩‍👩‍👧", count: 10_000),
        ]
        for text in texts {
            let data = try self.sent(.exception(message: text, traceback: text))
            #expect(self.keys(data) == ["msg", "traceback"])
            let size = MessagePack.encode(WorkerMessage.exception(message: text, traceback: text).value(from: "")).count
            #expect(size < 6000)
            let name = StatisticsReport.Request(method: "EIO", name: text).name
            #expect(name.utf8.count < 210 && text.unicodeScalars.starts(with: name.unicodeScalars.dropLast()))
            #expect(MessagePack.encode(WorkerMessage.logs([text]).value(from: "")).count < 2000)
        }
    }

    @Test func bytesOfAScriptAreTextBeforeTheyAreSent() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(try self.sent(.exception(message: text, traceback: text))["msg"]?.string == text)
        }
    }
}

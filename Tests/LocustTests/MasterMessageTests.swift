import Testing

@testable import Locust

struct MasterMessageTests {
    private func message(_ type: MessageValue, _ data: MessageValue) -> MasterMessage? {
        MasterMessage(.array([type, data, "host_1"]))
    }

    @Test func spawnTellsTheCounts() {
        let data: MessageValue = [
            "timestamp": .double(12.5), "user_classes_count": ["a": 3, "b": 0], "host": "http://x", "stop_timeout": 2,
            "parsed_options": ["reset_stats": .bool(true)], "new": 1,
        ]
        #expect(
            self.message("spawn", data)
                == .spawn(
                    SpawnOrder(
                        timestamp: 12.5, users: ["a": 3, "b": 0], host: "http://x", stopTimeout: 2,
                        resetsStatistics: true)))
        let least: MessageValue = ["timestamp": 1, "user_classes_count": [:], "host": .null]
        #expect(self.message("spawn", least) == .spawn(SpawnOrder(timestamp: 1, users: [:])))
    }

    @Test(
        arguments: [
            .null, [:], ["timestamp": 1], ["timestamp": "x", "user_classes_count": [:]],
            ["timestamp": .double(.nan), "user_classes_count": [:]], ["timestamp": 1, "user_classes_count": [1: 1]],
            ["timestamp": 1, "user_classes_count": ["a": "many"]], ["timestamp": 1, "user_classes_count": .array([])],
        ] as [MessageValue])
    func spawnThatIsNoneIsRefused(_ data: MessageValue) {
        #expect(self.message("spawn", data) == nil)
    }

    @Test func countsHaveBounds() {
        let data: MessageValue = ["timestamp": 1, "user_classes_count": ["a": -5, "b": .int(.max), "c": .double(2)]]
        #expect(
            self.message("spawn", data)
                == .spawn(SpawnOrder(timestamp: 1, users: ["a": 0, "b": 100_000_000, "c": 2])))
    }

    @Test func acknowledgementsOfAllVersions() {
        #expect(self.message("ack", ["index": 3]) == .ack(index: 3))
        for data in [.null, [:], ["index": "x"], ["index": -1], ["index": .int(.max)]] as [MessageValue] {
            #expect(self.message("ack", data) == .ack(index: nil))
        }
    }

    @Test func whatIsUnknownHasNoEffect() {
        #expect(self.message("update_user_class", ["weight": 1]) == .other("update_user_class"))
        for value in [.null, .array([]), .array(["stop", .null]), .array([1, .null, "x"]), "stop"] as [MessageValue] {
            #expect(MasterMessage(value) == nil)
        }
    }
}

import Testing

@testable import LoadPlan

struct ShareTests {
    /// Partitions of a run that must add up exactly.
    static let partitions: [[String]] = [
        ["0:1"], ["1/2", "1/2:1"], ["0:1/3", "1/3:2/3", "2/3:1"], ["0:1/4", "1/4:1/2", "1/2:3/4", "3/4:1"],
        ["25%", "25%:50%", "50%:1"], ["0:10%", "10%:30%", "30%:60%", "60%:100%"], ["0.125", "0.125:0.5", "0.5:"],
        [":1/2", "1/2:3/4", "3/4:1"], ["0/7:2/7", "2/7:3/7", "3/7:7/7"], ["0:1/2", "1/2:2/3", "2/3:5/6", "5/6:1"],
        ["0:12.5%", "12.5%:0.3", "0.3:1"],
    ]

    static func shares(_ segments: [String], loops: Int) throws -> [Share] {
        try segments.flatMap { try Share(of: ExecutionSegment(parsing: $0)).split(into: loops) }
    }

    @Test(arguments: Self.partitions, [1, 2, 3, 7])
    func everyElementIsInOneShareOnly(_ segments: [String], _ loops: Int) throws {
        let shares = try Self.shares(segments, loops: loops)
        for limit in [0, 1, 2, 9, 10, 100, 999, 1_500] {
            let elements = shares.flatMap { share in (0..<share.count(below: limit)).map(share.element) }
            #expect(elements.sorted() == Array(0..<limit))
        }
        for share in shares {
            let count = share.count(below: 3_000)
            #expect((0..<count).allSatisfy { share.count(below: share.element($0)) == $0 })
            #expect(share.element(count) >= 3_000)
        }
    }

    @Test(arguments: Self.partitions, [1, 3])
    func soAreIterationsHoweverFewUsersThereAre(_ segments: [String], _ loops: Int) throws {
        for users in [1, 2, 5, 40] {
            let shares = try Self.shares(segments, loops: loops).filter { $0.count(below: users) > 0 }
            let iterations = shares.map { IterationShare($0, users: users) }
            for limit in [1, 7, 1_000] {
                let numbers = iterations.flatMap { share in (0..<share.count(below: limit)).map(share.element) }
                #expect(numbers.sorted() == Array(0..<limit))
            }
        }
    }

    @Test(arguments: [2, 3, 4, 6, 8, 12, 30])
    func equalSegmentsDifferByOneAtMost(_ count: Int) throws {
        let shares = try (0..<count).map { Share(of: try ExecutionSegment(index: $0, of: count)) }
        for limit in 0..<200 {
            let counts = shares.map { $0.count(below: limit) }
            #expect(counts.max()! - counts.min()! <= 1)
        }
    }

    @Test func shareOfAnyRunIsNearTheFraction() throws {
        for text in ["0:10%", "10%:30%", "30%:60%", "60%:100%", "1/3:1/2", "0.125:0.5"] {
            let segment = try ExecutionSegment(parsing: text)
            let share = Share(of: segment)
            for limit in 0..<2_000 {
                #expect(abs(Double(share.count(below: limit)) - Double(limit) * segment.fraction) <= 3)
            }
        }
    }

    @Test func indexOfN() throws {
        for (index, text) in ["0:1/4", "1/4:1/2", "1/2:3/4", "3/4:1"].enumerated() {
            let byIndex = Share(of: try ExecutionSegment(indexOf: "\(index)/4"))
            #expect(byIndex == Share(of: try ExecutionSegment(parsing: text)))
        }
        #expect(try ExecutionSegment(indexOf: "1/4").description == "1/4:2/4")
        #expect(try ExecutionSegment(parsing: "25%").description == "0:25%")
    }

    /// k6 takes an empty text for the whole too.
    @Test(arguments: ["", ":", "1", "100%", "0:1", "0/3:3/3"])
    func theWhole(_ text: String) throws {
        let share = Share(of: try ExecutionSegment(parsing: text))
        #expect((0..<10).map(share.element) == Array(0..<10))
    }

    @Test(arguments: [
        "x", "1/0", "1/2:1/2", "1/2:1/4", "3/2", "0:101%", "-1/2", "1/2:1:1", "1/2/3", "1.5", "0.1234567", "1/100001",
        "1/99991:1/2", "0:0", "%", ".", "1/ 2",
    ])
    func noSegments(_ text: String) {
        #expect(throws: OptionErrors.self) { try ExecutionSegment(parsing: text) }
    }

    @Test(arguments: ["4/4", "-1/4", "0/0", "1", "a/b", "0/1000000", "1/2/3"])
    func noIndexes(_ text: String) {
        #expect(throws: OptionErrors.self) { try ExecutionSegment(indexOf: text) }
    }
}

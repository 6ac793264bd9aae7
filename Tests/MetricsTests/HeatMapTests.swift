import Testing

@testable import Metrics

struct HeatMapTests {
    private static let selector = MetricSelector(metric: "eio_time")

    private static func histogram(_ values: [Double]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    private static func total(_ map: HeatMap) -> UInt64 {
        map.columns.reduce(into: 0) { total, column in
            for cell in column.cells { total += cell.count }
        }
    }

    @Test func valuesOfOneMagnitudeShareACell() {
        var map = HeatMap(selector: Self.selector)
        map.append(Self.histogram([1_000, 1_001, 5_000_000]), at: 1)
        map.append(Self.histogram([]), at: 2)
        #expect(map.columns.map(\.time) == [1, 2])
        #expect(map.columns[0].cells.map(\.count) == [2, 1])
        #expect(map.columns[1].cells.isEmpty)
        let row = map.columns[0].cells[0].row
        #expect(HeatMap.value(of: row) <= 1_008)
        #expect(HeatMap.value(of: row + 1) > 1_001)
        #expect(Int(HeatMap.place(of: 1_000)) == row)
    }

    @Test func memoryHasALimitAndNoCountIsLost() {
        var map = HeatMap(selector: Self.selector)
        for second in 1...10_000 { map.append(Self.histogram([Double(second % 7) * 1e6]), at: Double(second)) }
        #expect(map.columns.count <= HeatMap.maximumColumns)
        #expect(map.intervalsPerColumn == 64)
        #expect(Self.total(map) == 10_000)
        #expect(map.columns.last?.time == 10_000)
    }

    @Test func theMapsOfTwoProcessesAddUp() {
        var (map, other) = (HeatMap(selector: Self.selector), HeatMap(selector: Self.selector))
        for second in 1...300 { map.append(Self.histogram([1e6]), at: Double(second)) }
        for second in 1...10 { other.append(Self.histogram([1e6, 2e6]), at: Double(second)) }
        map.merge(other, offset: 100)
        #expect(map.intervalsPerColumn == 2)
        #expect(Self.total(map) == 320)
        let changed = map.columns.filter { $0.cells.count == 2 }.map(\.time)
        #expect(changed.min() == 102)
        #expect(changed.max() == 110)
    }

    @Test func eachNameIsFollowedUpToALimit() {
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        for name in 0..<60 {
            shard.trend(MetricID(.time), shard.tags(["name": "n\(name)", "scenario": "a"])).record(nanoseconds: 1_000)
            shard.trend(MetricID(.time), shard.tags(["name": "n\(name)", "scenario": "b"])).record(nanoseconds: 3_000)
        }
        var collector = Collector()
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        let columns = collector.timeline.columns.trends
        let named = columns.indices.filter { columns[$0].tags["name"] != nil }
        #expect(named.count == 50)
        let counts = named.map { collector.timeline.points[0].trends[$0]?.count }
        #expect(Set(counts) == [2])
        #expect(collector.timeline.heatMaps.map(\.selector.metric) == ["eio_time"])
    }
}

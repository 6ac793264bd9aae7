/// The values that are followed over time, a column each.
package struct TimelineColumns: Sendable, Equatable {
    /// Gauges: their value at the end of a step.
    package var levels: [MetricSelector]
    /// Counters: what came during a step.
    package var counters: [MetricSelector]
    /// Trends: their distribution during a step.
    package var trends: [MetricSelector]

    /// Trends of a script that are followed beside the program's own.
    static let maximumCustomTrends = 16
    /// Names of actions and events of Socket.IO that are followed each by itself.
    package static let maximumNames = 50
    /// Of one kind: several scripts' exports may be merged.
    package static let maximumColumns = 200

    package init(levels: [MetricSelector], counters: [MetricSelector], trends: [MetricSelector]) {
        (self.levels, self.counters, self.trends) = (levels, counters, trends)
    }

    /// Users, messages, errors and the program's own times; a script's trends join them when they have values.
    package static let standard = TimelineColumns(
        levels: [Self.of(.vus)],
        counters: [
            Self.of(.messagesSent), Self.of(.messagesReceived), Self.of(.dataSent), Self.of(.dataReceived),
            Self.of(.iterations), Self.of(.errors), Self.of(.disconnects), Self.of(.connects, ["result": "opened"]),
        ],
        trends: [
            Self.of(.connect, ["phase": "total"]), Self.of(.time), Self.of(.iterationDuration),
            Self.of(.paceResponse), Self.of(.paceService), Self.of(.pingGap), Self.of(.loopLag),
        ])

    /// The times that a heat map is kept of.
    static let heatMaps: Set<MetricSelector> = [
        Self.of(.time), Self.of(.connect, ["phase": "total"]), Self.of(.sioAck), Self.of(.paceResponse),
    ]

    /// Of an export.
    package static let maximumHeatMaps = 16

    /// The tag that parts a metric's samples by what the script did.
    static let nameTags: [String: String] = [
        BuiltInMetric.time.definition.name: "name", BuiltInMetric.sioAck.definition.name: "event",
    ]

    /// The program's times that are followed only if a run has them.
    static let optional: Set<String> = Set([BuiltInMetric.sioAck, .sioConnect].map(\.definition.name))

    private static func of(_ metric: BuiltInMetric, _ tags: TagSet = TagSet()) -> MetricSelector {
        MetricSelector(metric: metric.definition.name, tags: tags)
    }
}

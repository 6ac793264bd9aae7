import LoadReport
import Metrics
import Testing

struct PrometheusTextTests {
    @Test func eachKind() throws {
        let registry = MetricRegistry(selectors: [MetricSelector(metric: "errors", tags: ["a-b": "x\\\"\n"])])
        let shard = MetricShard(number: 0, registry: registry)
        let tags = shard.tags(["scenario": "chat"])
        shard.counter(MetricID(.errors), shard.tags(tags, adding: "a-b", "x\\\"\n")).add(2)
        shard.counter(try registry.declare("errors", .counter), tags).add(5)
        shard.level(MetricID(.vus), tags).add(3)
        shard.rate(MetricID(.checks), tags).add(true)
        shard.rate(MetricID(.checks), tags).add(false)
        shard.trend(MetricID(.pingGap), tags).record(nanoseconds: 250_000_000)
        shard.counter(MetricID(.dataSent), tags).add(1.5e6)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        #expect(
            PrometheusText.text(collector.metrics, errors: collector.errors) == """
                # HELP eio_errors_total eio_errors, a counter of a load run.
                # TYPE eio_errors_total counter
                eio_errors_total{a_b="x\\\\\\"\\n",scenario="chat"} 2
                # HELP eio_script_errors_total errors, a counter of a load run.
                # TYPE eio_script_errors_total counter
                eio_script_errors_total{scenario="chat"} 5
                # HELP eio_vus vus, a gauge of a load run.
                # TYPE eio_vus gauge
                eio_vus{scenario="chat"} 3
                # HELP eio_checks_passed_total checks, a rate of a load run.
                # TYPE eio_checks_passed_total counter
                eio_checks_passed_total{scenario="chat"} 1
                # HELP eio_checks_total checks, a rate of a load run.
                # TYPE eio_checks_total counter
                eio_checks_total{scenario="chat"} 2
                # HELP eio_ping_gap_seconds eio_ping_gap, a trend of a load run.
                # TYPE eio_ping_gap_seconds summary
                eio_ping_gap_seconds{scenario="chat",quantile="0.5"} 0.25
                eio_ping_gap_seconds{scenario="chat",quantile="0.9"} 0.25
                eio_ping_gap_seconds{scenario="chat",quantile="0.95"} 0.25
                eio_ping_gap_seconds{scenario="chat",quantile="0.99"} 0.25
                eio_ping_gap_seconds{scenario="chat",quantile="0.999"} 0.25
                eio_ping_gap_seconds_sum{scenario="chat"} 0.25
                eio_ping_gap_seconds_count{scenario="chat"} 1
                # HELP eio_data_sent_bytes_total data_sent, a counter of a load run.
                # TYPE eio_data_sent_bytes_total counter
                eio_data_sent_bytes_total{scenario="chat"} 1500000
                # HELP eio_distinct_errors Distinct texts of errors.
                # TYPE eio_distinct_errors gauge
                eio_distinct_errors 0

                """)
    }

    @Test func familiesOfOneNameAreDistinguished() throws {
        let registry = MetricRegistry()
        let shard = MetricShard(number: 0, registry: registry)
        shard.counter(try registry.declare("a", .counter), shard.tags([:])).add(1)
        shard.gauge(try registry.declare("a_total", .gauge), shard.tags([:])).set(2, at: 0)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        let text = PrometheusText.text(collector.metrics, errors: collector.errors)
        #expect(text.contains("\neio_script_a_total 1\n"))
        #expect(text.contains("\neio_script_a_total_ 2\n"))
    }
}

import Metrics
import Testing

struct SelectorTests {
    @Test func selectorsAreRead() throws {
        #expect(try MetricSelector(parsing: "eio_time") == MetricSelector(metric: "eio_time"))
        let tags: TagSet = ["name": "join", "transport": "polling"]
        for text in [
            "m{name:join,transport:polling}", "m{transport:polling,name:join}", "m{ name : join , transport:polling }",
            #"m{name:"join",transport:'polling'}"#,
        ] {
            #expect(try MetricSelector(parsing: text) == MetricSelector(metric: "m", tags: tags))
        }
        #expect(try MetricSelector(parsing: "m{url:http://a:1/b,x:}").tags.tags.map(\.value) == ["http://a:1/b", ""])
        #expect("\(try MetricSelector(parsing: "m{b:2, a:1}"))" == "m{a:1,b:2}")
        #expect(try MetricSelector(parsing: #"m{a:"x,}y"}"#).tags.tags.map(\.value) == ["x,}y"])
    }

    @Test(arguments: [
        ("", 1), ("1m", 1), ("m{", 3), ("m{}", 3), ("m{a}", 4), ("m{a:1", 6), ("m{a:1}x", 7), ("m{a:1,a:2}", 7),
        ("m {a:1}", 2), (#"m{a:"x}"#, 8), ("m{:1}", 3), ("m-x", 2),
    ])
    func mistakesHaveTheirPlace(_ text: String, _ position: Int) {
        do {
            let selector = try MetricSelector(parsing: text)
            Issue.record("\(selector)")
        } catch {
            #expect(error.position == position, "\(error)")
        }
    }

    @Test func selectorsAreWrittenAsK6Does() {
        #expect(MetricSelector(metric: "a", tags: ["y": "2", "x": "1"]).description == "a{x:1,y:2}")
        #expect(MetricSelector(metric: "a").description == "a")
    }
}

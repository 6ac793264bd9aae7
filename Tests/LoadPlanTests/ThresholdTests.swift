import LoadPlan
import Testing

struct ThresholdTests {
    @Test(arguments: [
        ("p(95)<200", Aggregation.percentile(95), ThresholdExpression.Comparison.less, 200.0),
        ("avg<=1.5", .average, .lessOrEqual, 1.5), ("rate>0.9", .rate, .greater, 0.9),
        ("count==0", .count, .equal, 0), ("value>3", .value, .greater, 3), ("count === 0", .count, .equal, 0),
        ("  med   !=  1e3 ", .median, .notEqual, 1_000), ("min>=-2", .minimum, .greaterOrEqual, -2),
        ("max<1", .maximum, .less, 1), ("p(99.9)<1", .percentile(99.9), .less, 1), ("p(0)<1", .percentile(0), .less, 1),
    ])
    func expressions(
        _ text: String, _ aggregation: Aggregation, _ comparison: ThresholdExpression.Comparison, _ value: Double
    ) throws {
        let expression = try ThresholdExpression(parsing: text)
        #expect(expression.aggregation == aggregation)
        #expect(expression.comparison == comparison)
        #expect(expression.value == value)
        #expect(expression.description == text)
    }

    @Test(arguments: [
        ("", 1), ("p95<200", 1), ("p(95<200", 3), ("p(101)<200", 3), ("p(-1)<1", 3), ("p(x)<1", 3), ("p()<1", 3),
        ("p( 95 )<1", 3), ("avg", 4), ("avg 3", 5), ("avg=3", 4), ("avg=<3", 4), ("avg<>3", 4), ("avg====3", 4),
        ("avg<", 5), ("avg<x", 5), ("avg<nan", 5), ("avg<inf", 5), ("avg<0x1", 5), ("avg<3 ms", 7), ("avg<3ms", 5),
        ("AVG<3", 1), ("mean<3", 1), ("p(95", 5), ("p(95)200", 6),
    ])
    func mistakesHaveTheirPlace(_ text: String, _ position: Int) {
        #expect(throws: ThresholdSyntaxError.self) { try ThresholdExpression(parsing: text) }
        do {
            _ = try ThresholdExpression(parsing: text)
        } catch {
            #expect(error.position == position, "\(error)")
        }
    }

    @Test func selectors() throws {
        #expect(try MetricSelector(parsing: "eio_time") == MetricSelector(metric: "eio_time"))
        let tags = ["name": "join", "transport": "polling"]
        for text in [
            "m{name:join,transport:polling}", "m{transport:polling,name:join}", "m{ name : join , transport:polling }",
            #"m{name:"join",transport:'polling'}"#,
        ] {
            #expect(try MetricSelector(parsing: text) == MetricSelector(metric: "m", tags: tags))
        }
        #expect(try MetricSelector(parsing: "m{url:http://a:1/b,x:}").tags.map(\.value) == ["http://a:1/b", ""])
        #expect("\(try MetricSelector(parsing: "m{b:2, a:1}"))" == "m{a:1,b:2}")
        #expect(try MetricSelector(parsing: #"m{a:"x,}y"}"#).tags.map(\.value) == ["x,}y"])
    }

    @Test(arguments: [
        ("", 1), ("1m", 1), ("m{", 3), ("m{}", 3), ("m{a}", 4), ("m{a:1", 6), ("m{a:1}x", 7), ("m{a:1,a:2}", 7),
        ("m {a:1}", 2), (#"m{a:"x}"#, 8), ("m{:1}", 3), ("m-x", 2),
    ])
    func badSelectors(_ text: String, _ position: Int) {
        do {
            let selector = try MetricSelector(parsing: text)
            Issue.record("\(selector)")
        } catch {
            #expect(error.position == position, "\(error)")
        }
    }

    @Test(arguments: ["<", "<=", ">", ">=", "==", "===", "!="])
    func whatIsNotANumberMeetsNothing(_ sign: String) throws {
        #expect(try !ThresholdExpression(parsing: "avg\(sign)1").holds(for: .nan))
    }

    @Test func comparisons() throws {
        func holds(_ sign: String) throws -> [Bool] {
            let expression = try ThresholdExpression(parsing: "avg\(sign)1")
            return [0, 1, 2].map { expression.holds(for: $0) }
        }
        #expect(try holds("<") == [true, false, false])
        #expect(try holds("<=") == [true, true, false])
        #expect(try holds(">") == [false, false, true])
        #expect(try holds(">=") == [false, true, true])
        #expect(try holds("==") == [false, true, false])
        #expect(try holds("!=") == [true, false, true])
    }

    @Test func theKindOfTheMetricDecidesWhatItHas() throws {
        let words: [MetricKind: [String]] = [
            .counter: ["count", "rate"], .gauge: ["value"], .rate: ["rate"],
            .trend: ["avg", "min", "max", "med", "p(95)"],
        ]
        for kind in MetricKind.allCases {
            for word in ["count", "rate", "value", "avg", "min", "max", "med", "p(95)"] {
                let aggregation = try ThresholdExpression(parsing: word + "<1").aggregation
                #expect(aggregation.fits(kind) == words[kind]!.contains(word))
            }
        }
    }

    private func thresholds(_ json: String) throws -> [Threshold] {
        try LoadOptions(json: #"{"thresholds":\#(json)}"#).thresholds
    }

    @Test func unknownMetricsAndWrongKinds() throws {
        let thresholds = try self.thresholds(
            #"{"eio_tiem":["avg<1"],"eio_time":["avg<1","count<1"],"zzz{a:b}":[{"threshold":"rate>1"}]}"#)
        let problems = Threshold.problems(thresholds, kinds: ["eio_time": .trend, "checks": .rate])
        #expect(
            problems.map(\.path) == [
                "options.thresholds.eio_tiem[1]", "options.thresholds.eio_time[2]",
                #"options.thresholds["zzz{a:b}"][1]"#,
            ])
        #expect(problems[0].message.contains(#"did you mean "eio_time"?"#))
        #expect(problems[1].message.contains("avg, min, max, med, p(N)"))
        #expect(problems[2].message.contains(#"no metric "zzz""#))
    }

    @Test func evaluatedWithTheFiguresOfTheMoment() throws {
        let thresholds = try self.thresholds(
            #"""
            {"a":["avg<10","p(90)<5"],"b{x:y}":["count==0"],
             "c":[{"threshold":"rate>0.5","abortOnFail":true,"delayAbortEval":"10s"}]}
            """#)
        func evaluate(_ seconds: Int, c: Double?) -> ThresholdEvaluation {
            ThresholdEvaluation(thresholds, at: .seconds(seconds)) { selector, aggregation in
                switch ("\(selector)", aggregation) {
                case ("a", .average): 9
                case ("a", .percentile(90)): .nan
                case ("c", .rate): c
                default: nil
                }
            }
        }
        let early = evaluate(9, c: 0.4)
        #expect(early.verdicts == [.passed, .failed, .noData, .failed])
        #expect(early.aborting == nil)
        #expect(evaluate(10, c: 0.4).aborting?.path == "options.thresholds.c[1]")
        #expect(evaluate(10, c: 0.6).aborting == nil)
        #expect(evaluate(10, c: nil).aborting == nil)
    }
}

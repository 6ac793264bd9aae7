import LoadPlan
import Metrics
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

    private func thresholds(_ json: String) throws -> [Threshold] {
        try LoadOptions(json: #"{"thresholds":\#(json)}"#).thresholds
    }

    @Test func unknownMetricsAndWrongKinds() throws {
        let thresholds = try self.thresholds(
            #"{"eio_tiem":["avg<1"],"eio_time":["avg<1","count<1"],"zzz{a:b}":[{"threshold":"rate>1"}]}"#)
        let problems = Threshold.problems(thresholds, registry: MetricRegistry())
        #expect(
            problems.map(\.path) == [
                "options.thresholds.eio_tiem[1]", "options.thresholds.eio_time[2]",
                #"options.thresholds["zzz{a:b}"][1]"#,
            ])
        #expect(problems[0].message.contains(#"did you mean "eio_time"?"#))
        #expect(problems[1].message.contains("avg, min, max, med, p(N)"))
        #expect(problems[2].message.contains(#"no metric "zzz""#))
    }

    @Test(arguments: [
        ("eio_connect", "p(95)", true), ("eio_connect", "rate", false), ("iterations", "count", true),
        ("iterations", "avg", false), ("checks", "rate", true), ("vus", "value", true), ("vus", "max", false),
        ("nothing", "count", false), ("ws_msgs_sent", "count", true), ("ws_sessions", "avg", false),
        ("joins", "count", true), ("joins", "p(95)", false),
    ])
    func whatAThresholdMayAskFor(_ metric: String, _ aggregation: String, _ isValid: Bool) throws {
        let registry = MetricRegistry()
        _ = try registry.declare("joins", .counter)
        let thresholds = try self.thresholds(#"{"\#(metric)":["\#(aggregation)<1"]}"#)
        #expect(Threshold.problems(thresholds, registry: registry).isEmpty == isValid)
    }

    private func tagProblems(_ selector: String) throws -> (errors: [String], warnings: [String]) {
        let plan = try LoadPlan.of(
            #"""
            {"tags":{"stage":"nightly"},"thresholds":{"\#(selector)":["count>1"]},"scenarios":{
             "chat":{"executor":"per-vu-iterations","tags":{"kind":"talk","region":"eu"}},
             "quiet":{"executor":"per-vu-iterations","tags":{"region":"us"}}}}
            """#)
        let found = plan.thresholdTagProblems()
        return (found.errors.map(\.message), found.warnings)
    }

    @Test(arguments: [
        ("eio_time{nam:echo}", #""eio_time" has no tag "nam"; did you mean "name"?"#),
        ("eio_time{colour:red}", "its tags are name, group, scenario, kind, region, stage"),
        ("eio_time{transport:polling}", #"has no tag "transport""#), ("eio_loop_lag{scenario:chat}", "has no tags"),
        ("eio_connect{phase:totl}", #"the tag "phase" is never "totl"; did you mean "total"?"#),
        ("eio_connects{result:ok}", "it is opened, failed, interrupted"),
        ("iterations{scenario:cht}", #"mean "chat"?"#),
        ("iterations{region:ue}", "never \"ue\""), ("ws_msgs_sent{stage:weekly}", "it is nightly"),
        ("ws_sessions{scenari:chat}", #"did you mean "scenario"?"#),
    ])
    func tagsThatNoSampleHas(_ selector: String, _ words: String) throws {
        let (errors, warnings) = try self.tagProblems(selector)
        #expect(errors.count == 1 && errors[0].contains(words) && warnings.isEmpty, "\(errors)")
    }

    @Test(arguments: [
        "eio_time{name:anything,scenario:chat,region:eu}", "eio_connect{phase:total,transport:polling}",
        "vus{scenario:quiet}",
        "eio_errors{kind:talk}", "eio_errors{kind:time,name:x}", "checks{a:b}", "my_trend{anything:else}", "eio_time",
        "eio_disconnects{reason:transport error,stage:nightly}", "ws_ping{region:us}", "checks{region:elsewhere}",
    ])
    func tagsThatSamplesMayHave(_ selector: String) throws {
        let (errors, warnings) = try self.tagProblems(selector)
        #expect(errors.isEmpty && warnings.isEmpty)
    }

    @Test func aTagOfTheScriptsOwnThatIsNamedNearlyAsAKnownOneIsAWarning() throws {
        let (errors, warnings) = try self.tagProblems("checks{chek:is there}")
        #expect(errors.isEmpty && warnings.count == 1 && warnings[0].contains(#"did you mean "check"?"#))
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

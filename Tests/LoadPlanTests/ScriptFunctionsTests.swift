import LoadPlan
import Testing

struct ScriptFunctionsTests {
    private static let all: ScriptFunctions = [.setup, .teardown, .handleSummary]

    private static func plan(_ shape: ScriptShape, noSetup: Bool? = nil, noTeardown: Bool? = nil) throws -> LoadPlan {
        var commandLine = CommandLineOptions()
        commandLine.noSetup = noSetup
        commandLine.noTeardown = noTeardown
        return try LoadPlan(commandLine: commandLine, shape: shape)
    }

    @Test func aScenarioHasItsFunctionsCalled() throws {
        #expect(try Self.plan(.scenario).called(of: Self.all) == Self.all)
        #expect(try Self.plan(.scenario).called(of: [.teardown]) == [.teardown])
    }

    @Test func aPlainBotHasNone() throws {
        #expect(try Self.plan(.bot).called(of: Self.all) == [])
    }

    @Test func theCommandLineSkipsThem() throws {
        #expect(try Self.plan(.scenario, noSetup: true).called(of: Self.all) == [.teardown, .handleSummary])
        #expect(try Self.plan(.scenario, noTeardown: true).called(of: Self.all) == [.setup, .handleSummary])
    }

    @Test func theScriptsOwnOptionsSkipThemToo() throws {
        let plan = try LoadPlan(options: LoadOptions(json: #"{"noSetup":true}"#), shape: .scenario)
        #expect(plan.called(of: Self.all).names == ["teardown", "handleSummary"])
    }

    @Test func functionsAreFoundByTheirNames() {
        #expect(ScriptFunctions { ["teardown", "setup", "other"].contains($0) }.names == ["setup", "teardown"])
    }
}

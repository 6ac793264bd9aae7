import CommandLineParser
import LoadPlan

/// The users and iterations of a load run.
struct LoadAmountOptions: ParsableArguments {
    @Option(name: [.customShort("u"), .long], parsing: .unconditional, help: "Virtual users. (default: 1)")
    var vus: Int?

    @Option(
        name: .shortAndLong, parsing: .unconditional, help: "How long iterations are started, such as 30s or 1m30s.")
    var duration: String?

    @Option(name: .shortAndLong, parsing: .unconditional, help: "Iterations of all users together.")
    var iterations: Int?

    @Option(name: .shortAndLong, help: "A stage of a ramp, such as 30s:100; may be repeated.")
    var stage: [String] = []

    @Option(help: "Users that start in a second; 0: all at once.")
    var spawnRate = LoadPlan.defaultSpawnRate

    func apply(to options: inout CommandLineOptions) throws {
        options.vus = self.vus
        options.iterations = self.iterations
        options.duration = try self.duration.map { try CommandLineOptions.duration($0, option: "--duration") }
        if !self.stage.isEmpty { options.stages = try self.stage.flatMap { try CommandLineOptions.stages($0) } }
        options.spawnRate = self.spawnRate
    }
}

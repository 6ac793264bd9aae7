import ArgumentParser

/// The scripts' own arguments, after `--`, for commands with any number of scripts.
///
/// The parser allows only one list of positional arguments; these reach it as values of an option that no help shows.
package struct ScriptArguments: ParsableArguments {
    @Option(
        name: .customLong("script-argument"), parsing: .unconditionalSingleValue, help: .hidden)
    package var arguments: [String] = []

    package init() {}

    /// The same command line for the parser.
    package static func separated(_ arguments: [String]) -> [String] {
        guard let end = arguments.firstIndex(of: "--") else { return arguments }
        return arguments[..<end] + arguments[(end + 1)...].flatMap { ["--script-argument", $0] }
    }
}

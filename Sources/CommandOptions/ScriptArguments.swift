import CommandLineParser

/// The scripts' own arguments, after `--`, for commands with any number of scripts.
package struct ScriptArguments: ParsableArguments {
    @Argument(parsing: .postTerminator, help: "The arguments of the scripts.")
    package var arguments: [String] = []

    package init() {}
}

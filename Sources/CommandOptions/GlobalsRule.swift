import CommandLineParser
import ScriptProcess
import Scripting

/// The value of `--globals`.
package enum GlobalsRule: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Reads of undefined globals are reported.
    case strict

    package func apply(to options: inout ScriptOptions) {
        let globals = UndefinedGlobals()
        options.onUndefinedGlobal = { name, place in globals.report(name, at: place) }
    }
}

import Logging
import Scripting

/// A command line that cannot be used.
struct UsageError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The command line of `eio-lua run`, read as `lua5.4` reads its own: options end at the script, and all that follows the
/// script is the script's.
struct ScriptCommandLine {
    var options = ScriptOptions()
    var logLevel = Logger.Level.warning
    var showsVersion = false
    var showsHelp = false

    /// - Parameter arguments: what follows `run`; `program` is what `arg` shows before it.
    init(program: String, arguments: [String]) throws(UsageError) {
        self.options.arguments = [program] + arguments
        var index = 0
        reading: while index < arguments.count {
            let argument = arguments[index]
            // A value stands behind its option, joined by `=` or, for one letter, by nothing.
            func value(_ option: String) throws(UsageError) -> String {
                if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
                    return String(argument[argument.index(after: equals)...])
                }
                if !argument.hasPrefix("--"), argument.count > 2 { return String(argument.dropFirst(2)) }
                index += 1
                guard index < arguments.count else { throw UsageError("\(option) needs a value") }
                return arguments[index]
            }
            let name = argument.hasPrefix("--") ? String(argument.prefix { $0 != "=" }) : String(argument.prefix(2))
            switch name {
            case "--":
                guard argument == "--" else { throw Self.unknown(argument) }
                index += 1
                break reading
            case "-" where argument == "-":
                break reading
            case "-e": self.options.steps.append(.code(try value("-e")))
            case "-l": self.options.steps.append(.require(try value("-l")))
            case "--log-level": self.logLevel = try Self.level(try value(name))
            case "--url": self.options.defaultURL = try value(name)
            case "-v" where argument == "-v", "--version" where argument == name: self.showsVersion = true
            case "-E" where argument == "-E": self.options.ignoresEnvironment = true
            case "-W" where argument == "-W": self.options.showsWarnings = true
            case "--strict" where argument == name: self.options.isStrict = true
            case "-h" where argument == "-h", "--help" where argument == name: self.showsHelp = true
            default:
                guard !argument.hasPrefix("-") else { throw Self.unknown(argument) }
                break reading
            }
            index += 1
        }
        guard index < arguments.count else { return }
        self.options.scriptIndex = index + 1
        self.options.steps.append(arguments[index] == "-" ? .standardInput : .file(arguments[index]))
    }

    private static func unknown(_ argument: String) -> UsageError {
        UsageError("unknown option '\(argument)': see 'eio-lua run --help'; the script's own options follow the script")
    }

    private static func level(_ name: String) throws(UsageError) -> Logger.Level {
        switch name {
        case "debug": .debug
        case "info": .info
        case "warning": .warning
        case "error": .error
        case "off": .critical
        default: throw UsageError("unknown log level '\(name)': use debug, info, warning, error or off")
        }
    }
}

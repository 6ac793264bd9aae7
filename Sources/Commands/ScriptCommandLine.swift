import CommandOptions
import JSONText
import LoadPlan
import Logging
import ProcessSupport
import ScriptProcess
import Scripting

/// The command line of `eio-lua run`, read as `lua5.4` reads its command line: options end at the script, and all
/// arguments after the script belong to the script.
///
/// It is read as bytes: a file's name and a script's arguments need not be UTF-8.
package struct ScriptCommandLine {
    typealias Bytes = [UInt8]

    var options = ScriptOptions()
    var logLevel = Logger.Level.warning
    var trace = TraceTarget()
    var showsVersion = false
    var showsHelp = false

    /// - Parameter arguments: what follows `run`; `program` is what `arg` shows before it.
    init(program: Bytes, arguments: [Bytes]) throws(UsageError) {
        self.options.arguments = [program] + arguments
        var index = 0
        reading: while index < arguments.count {
            let argument = arguments[index]
            let isLong = argument.starts(with: "--".utf8)
            // A value stands behind its option, joined by `=` or, for one letter, by nothing.
            func value(_ option: String) throws(UsageError) -> Bytes {
                if isLong, let equals = argument.firstIndex(of: UInt8(ascii: "=")) {
                    return Bytes(argument[(equals + 1)...])
                }
                if !isLong, argument.count > 2 { return Bytes(argument.dropFirst(2)) }
                index += 1
                guard index < arguments.count else { throw UsageError("\(option) needs a value") }
                return arguments[index]
            }
            let whole = Self.text(argument)
            let name = Self.text(isLong ? argument.prefix { $0 != UInt8(ascii: "=") } : argument.prefix(2))
            switch name {
            case "--":
                guard whole == "--" else { throw Self.unknown(whole) }
                index += 1
                break reading
            case "-":
                break reading
            case "-e": self.options.steps.append(.code(try value("-e")))
            case "-l": self.options.steps.append(.require(try value("-l")))
            case "--log-level": self.logLevel = try Logger.Level(named: Self.text(try value(name)))
            case "--url": self.options.defaultURL = Self.text(try value(name))
            case "--trace" where whole == name: self.trace.isOn = true
            case "--trace-format":
                self.trace.format = try TraceTarget.format(named: Self.text(try value(name)))
                self.trace.isOn = true
            case "--trace-file": self.trace.path = Self.text(try value(name))
            case "-v" where whole == name, "--version" where whole == name: self.showsVersion = true
            case "-i" where whole == name: self.options.hasPrompt = true
            case "-E" where whole == name: self.options.ignoresEnvironment = true
            case "-W" where whole == name: self.options.showsWarnings = true
            case "--strict" where whole == name: self.options.isStrict = true
            case "--globals":
                let text = Self.text(try value(name))
                guard let rule = GlobalsRule(rawValue: text) else {
                    throw UsageError("--globals: 'strict' expected, got '\(text)'")
                }
                rule.apply(to: &self.options)
            case "-h" where whole == name, "--help" where whole == name: self.showsHelp = true
            default:
                guard argument.first != UInt8(ascii: "-") else { throw Self.unknown(whole) }
                break reading
            }
            index += 1
        }
        guard index < arguments.count else { return }
        self.options.scriptIndex = index + 1
        self.options.steps.append(
            arguments[index].elementsEqual("-".utf8) ? .standardInput : .file(arguments[index]))
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static let longOptions = [
        "--globals", "--help", "--log-level", "--strict", "--trace", "--trace-file", "--trace-format", "--url",
        "--version",
    ]

    private static func unknown(_ argument: String) -> UsageError {
        let nearest = nearestName(to: String(argument.prefix { $0 != "=" }), among: Self.longOptions)
        let suggestion = nearest.map { ", did you mean '\($0)'? See" } ?? ": see"
        return UsageError(
            "unknown option '\(argument)'\(suggestion) 'eio-lua run --help'; the script's own options follow the script"
        )
    }
}

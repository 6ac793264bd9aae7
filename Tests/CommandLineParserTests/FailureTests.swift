import CommandLineParser
import Testing

/// Command lines that cannot be read: a message, the description of the option, the usage, and exit status 64.
struct FailureTests {
    @Test func whole() {
        #expect(
            answer("draw", "a", "--width", "x") == """
                64 Error: The value 'x' is invalid for '--width <width>': it must be a whole number
                Help:  --width <width>  The width. (default: 10)
                Usage: art draw [<options>] <path> [<colour>] [-- <rest> ...]
                  See 'art draw --help' for more information.
                """)
    }

    @Test(arguments: [
        (["a", "--witdh", "3"], "Unknown option '--witdh'. Did you mean '--width'?"),
        (["a", "--Width=3"], "Unknown option '--Width'. Did you mean '--width'?"),
        (["a", "--nothing-like-that"], "Unknown option '--nothing-like-that'"), (["a", "-x"], "Unknown option '-x'"),
        (["a", "-qx"], "Unknown option '-x'"), (["a", "-xq"], "Unknown option '-xq'"),
        (["a", "-width", "3"], "Unknown option '-width'. Did you mean '--width'?"),
        (["a", "--breadth=3"], "Unknown option '--breadth'. Did you mean '--width'?"),
        (["a", "--erase"], "Unknown option '--erase': the paper is drawn on once"),
        (["a", "--=3"], "Unknown option '--'"), (["a", "-=3"], "Unknown option '-=3'"),
        (["a", "--width"], "Missing value for '--width <width>'"), (["a", "-u"], "Missing value for '-u <count>'"),
        (["a", "--width="], "The value '' is invalid for '--width <width>': it must be a whole number"),
        (["a", "--width", "1e3"], "The value '1e3' is invalid for '--width <width>': it must be a whole number"),
        (["a", "--height-in-metres", "x"], "invalid for '--height-in-metres <height-in-metres>': it must be a number"),
        (["a", "-s", "oval"], "The value 'oval' is invalid for '-s <shape>': it must be 'round', 'square' or 'flat'"),
        (["a", "-l", ""], "The value '' is invalid for '-l <text>': it must not be empty"),
        (["a", "--quiet=1"], "The option '--quiet' does not take any value, but '1' was specified."),
        (["a", "-q=1"], "The option '-q' does not take any value, but '1' was specified."),
        (["a", "b", "c"], "Unexpected argument 'c'"), (["a", "b", "c", "d"], "2 unexpected arguments: 'c', 'd'"),
        ([], "Missing expected argument '<path>'"), (["--", "a"], "Missing expected argument '<path>'"),
        (["a", "--width", "101"], "--width must be at most 100"), (["a", "-u13"], "--count must not be 13"),
    ])
    func message(_ words: [String], _ message: String) {
        let failure = #expect(throws: CommandFailure.self) { try parsed(["draw"] + words, as: DrawCommand.self) }
        #expect(failure?.status == 64)
        let first = failure?.message?.split(separator: "\n" as Character).first.map(String.init) ?? ""
        #expect(first.hasSuffix(message), "\(first)")
    }

    @Test func missingList() {
        #expect(answer("tools", "join").hasPrefix("64 Error: Missing expected argument '<files> ...'\nHelp:  <files>"))
        #expect(answer("tools", "join", "a", "--seed", "-1").contains("Missing value for '--seed <seed>'"))
        #expect(answer("tools", "join", "a", "--seed=-1").contains("it must be a whole number from 0 to 184467"))
    }

    @Test(arguments: [
        (["tols"], "'tols' is not a command. Did you mean 'tools'?", "Usage: art <subcommand>"),
        (["tools", "jion"], "'jion' is not a command. Did you mean 'join'?", "Usage: art tools <subcommand>"),
        (["tools", "-x"], "Unknown option '-x'", "Usage: art tools <subcommand>"),
        (["help", "nothing"], "'nothing' is not a command", "Usage: art <subcommand>"),
    ])
    func unknownCommand(_ words: [String], _ message: String, _ usage: String) {
        let failure = #expect(throws: CommandFailure.self) { try parsed(words, as: DrawCommand.self) }
        #expect(failure?.message?.hasPrefix("Error: \(message)\n\(usage)\n") == true, "\(failure?.message ?? "")")
    }

    /// A message is for a terminal, and no longer than one can read.
    @Test func wordsOfAnyKindAndLengthAreShownSafely() {
        let long = String(repeating: "x\u{1b}[31m", count: 200_000)
        for words in [
            ["draw", "a", "--\(long)"], ["draw", "a", "-u", long], ["draw", "a", "--quiet=\(long)"],
            ["draw", "a", "b", long], ["draw", "a", "-\(long)"], ["tools", long],
        ] {
            let failure = #expect(throws: CommandFailure.self) { try parsed(words, as: DrawCommand.self) }
            let message = failure?.message ?? ""
            #expect(message.utf8.count < 2000 && message.contains("x\\u{1b}[31m") && !message.contains("\u{1b}"))
        }
    }

    @Test func errorsOfACommandThatRuns() {
        let path = CommandPath([ArtCommand.self, DrawCommand.self])
        #expect(path.failure(ExitCode(3)).status == 3 && path.failure(ExitCode(3)).message == nil)
        let misuse = path.failure(ValidationError("not today"))
        #expect(misuse.status == 64)
        #expect(misuse.message?.hasPrefix("Error: not today\nUsage: art draw [<options>]") == true)
        struct Other: Error {}
        #expect(path.failure(Other()).status == 1 && path.failure(Other()).message == "Error: Other()")
    }
}

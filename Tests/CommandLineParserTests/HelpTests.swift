import CommandLineParser
import Testing

struct HelpTests {
    @Test func helpOfACommand() {
        let help = """
            OVERVIEW: Draws.

            With a pen.

            USAGE: art draw [<options>] <path> [<colour>] [-- <rest> ...]

            ARGUMENTS:
              <path>                  The file.
              <colour>                The colour. (default: black)
              <rest>                  The words after --.

            SIZE:
              --width <width>         The width. (default: 10)
              --height-in-metres <height-in-metres>
                                      The height.

            OPTIONS:
              -s, --shape <shape>     Its form. (values: round, square, flat)
              -u, --count <count>     How many.
              -l, --label <text>      A label; may be repeated.
              -q, --quiet             Say nothing.
              --dry-run               Draw nothing.
              --version               Show the version.
              -h, --help              Show this help.
            """
        #expect(answer("draw", "--help") == help)
        #expect(answer("draw", "-qh", "--nonsense") == help)
        #expect(answer("help", "draw") == help)
        #expect(answer("draw", "--shape", "flat", "-h") == help)
        #expect(answer("draw", "--nonsense", "--width=3", "--help") == help)
        #expect(answer("draw", "--width", "x", "-h") == help)
        #expect(answer("draw", "--nonsense", "--", "--help").hasPrefix("64 Error: Unknown option '--nonsense'"))
    }

    @Test func helpOfSubcommands() {
        let help = """
            OVERVIEW: Makes pictures.

            USAGE: art <subcommand>

            OPTIONS:
              --version               Show the version.
              -h, --help              Show this help.

            SUBCOMMANDS:
              hand (default)          Has its own help.
              draw                    Draws.
              tools                   Other tools.

              See 'art help <subcommand>' for detailed help.
            """
        #expect(answer() == help)
        #expect(answer("help") == help)
        #expect(answer("--help") == help)
        #expect(answer("tools").hasSuffix("\n\n  See 'art help tools <subcommand>' for detailed help."))
        #expect(answer("tools", "help", "join") == answer("tools", "join", "--help"))
        #expect(answer("help", "hand") == "By hand." && answer("hand", "-h") == "By hand.")
    }

    @Test func usageOfSeveralLines() {
        let usage = "\nUsage: art hand\n       art hand made\n  See 'art hand --help' for more information."
        #expect(answer("hand", "x").hasSuffix(usage))
    }

    @Test func usageHasAllOptionsIfTheyFit() {
        let usages = [80, 40].map { columns in
            answer("help", "tools", "join", columns: columns).split(separator: "\n" as Character)[1]
        }
        #expect(usages[0] == "USAGE: art tools join [--seed <seed>] <files> ...")
        #expect(usages[1] == "USAGE: art tools join [<options>] <files> ...")
    }

    @Test func version() {
        #expect(answer("--version") == "art 1.0" && answer("draw", "--version") == "art 1.0")
        #expect(answer("draw", "-q", "--version", "--nonsense") == "art 1.0")
    }

    @Test func helpIsWrapped() {
        let help = answer("help", columns: 42)
        #expect(help.contains("\n  --version               Show the\n                          version.\n"))
        #expect(answer("help", "tools", columns: 40).contains("for detailed help."))
        let lines = help.split(separator: "\n" as Character)
        #expect(lines.dropLast().allSatisfy { $0.count <= 42 })
    }
}

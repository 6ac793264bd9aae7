import CommandLineParser
import Testing

/// The ways to write options and arguments.
struct ReadingTests {
    @Test func defaults() throws {
        let command = try draw("a")
        #expect(command.file == "a" && command.colour == "black" && command.size.width == 10)
        #expect(command.size.heightInMetres == nil && command.shape == nil && command.count == nil)
        #expect(command.label == [] && !command.quiet && !command.isDry && command.rest == [])
    }

    @Test func longOptionsWithTheirValues() throws {
        let command = try draw("--width", "3", "a", "--height-in-metres=1.5", "--shape", "flat", "--dry-run", "blue")
        #expect(command.size.width == 3 && command.size.heightInMetres == 1.5 && command.shape == .flat)
        #expect(command.isDry && !command.quiet && command.file == "a" && command.colour == "blue")
    }

    @Test(arguments: [
        ["-u2"], ["-u=2"], ["-u", "2"], ["--count=2"], ["--count", "2"], ["-qu2"], ["-q", "-qu", "2"],
        ["-u1", "--count", "3", "-u2"],
    ])
    func shortOptions(_ words: [String]) throws {
        let command = try parsed(["draw", "a"] + words, as: DrawCommand.self)
        #expect(command.count == 2 && command.quiet == words.contains { $0.hasPrefix("-q") })
    }

    @Test func joinedValueMayContainAnything() throws {
        let command = try draw("a", "-lK=V=W", "-l=K=V", "-l-x", "-ql--", "--label=a=b", "-u-5")
        #expect(command.label == ["K=V=W", "K=V", "-X", "--", "A=B"] && command.count == -5)
    }

    @Test func repeatedOptionsAreCollectedInTheirOrder() throws {
        #expect(try draw("-l", "x", "a", "--label=y", "-lz").label == ["X", "Y", "Z"])
    }

    @Test func lastOfRepeatedValuesCounts() throws {
        #expect(try draw("--width", "1", "--width=2", "a", "-u1", "-u2").size.width == 2)
    }

    @Test func valueThatBeginsWithADash() throws {
        #expect(try draw("a", "-u", "-5").count == -5)
        #expect(try draw("a", "--height-in-metres", "-0.5").size.heightInMetres == -0.5)
        #expect(try draw("a", "--width=-5").size.width == -5)
        #expect(answer("draw", "a", "--width", "-5").contains("Missing value for '--width <width>'"))
        #expect(answer("draw", "a", "-l", "--quiet").contains("Missing value for '-l <text>'"))
        #expect(try draw("a", "-l", "-").label == ["-"])
    }

    @Test func dashIsAnArgument() throws { #expect(try draw("-").file == "-") }

    @Test func emptyWordIsAnArgument() throws { #expect(try draw("", "").colour == "") }

    @Test func wordsAfterTwoDashesAreNotRead() throws {
        let command = try draw("a", "-u1", "--", "--count", "2", "--", "-x", "--help")
        #expect(command.count == 1 && command.rest == ["--count", "2", "--", "-x", "--help"])
    }

    @Test func wordsAfterTwoDashesAreArgumentsIfNoListTakesThem() throws {
        let command = try parsed(["tools", "join", "a", "--", "--seed", "-"], as: JoinCommand.self)
        #expect(command.files == ["a", "--seed", "-"])
    }

    @Test func listOfArgumentsIsBetweenOptions() throws {
        let command = try parsed(["tools", "join", "a", "--seed", "18446744073709551615", "b"], as: JoinCommand.self)
        #expect(command.files == ["a", "b"] && command.seed == .max)
    }
}

import Testing

@testable import CommandOptions

/// The command line as a report shows it.
@Suite struct CommandLineMaskTests {
    @Test(arguments: [
        ("load -e A=secret s.lua", "load -e A=*** s.lua"),
        ("load -eA=secret s.lua", "load -eA=*** s.lua"),
        ("load -e=A=secret s.lua", "load -e=A=*** s.lua"),
        ("load -qe A=secret s.lua", "load -qe A=*** s.lua"),
        ("load --env A=se=cret s.lua", "load --env A=*** s.lua"),
        ("load --env=A=secret s.lua", "load --env=A=*** s.lua"),
        ("load --env secret s.lua", "load --env *** s.lua"),
        ("load -o json=file.json --tag a=b -u 3 s.lua", "load -o json=file.json --tag a=b -u 3 s.lua"),
        ("load s.lua -- secret --flag -e", "load s.lua -- *** *** ***"),
        ("load --url http://secret:secret@h:1/p?a=secret&b#secret", "load --url http://***@h:1/p?a=***&***#***"),
        ("load --url=secret:secret@h?secret", "load --url=***@h?***"),
        ("load --url h:5000/p", "load --url h:5000/p"),
        ("load --url http://secret:sec/ret@h/", "load --url http://***@h/"),
        ("load --odd=ws://secret@h/?q=secret", "load --odd=ws://***@h/?q=***"),
        ("load --url http://[::1]:5000/a@b?x=secret", "load --url http://[::1]:5000/a@b?x=***"),
    ])
    func secretsAreLeftOut(line: String, shown: String) {
        let masked = CommandLineMask.masked(line.split(separator: " ").map(String.init))
        #expect(masked.joined(separator: " ") == shown)
    }

    @Test func aMarkBehindADelimiterHidesNothing() {
        let masked = CommandLineMask.masked([
            "-e", "A=\u{301}secret", "http://h/?\u{301}a=\u{301}secret&\u{301}b=secret",
        ])
        #expect(!masked.joined().contains("secret"))
    }
}

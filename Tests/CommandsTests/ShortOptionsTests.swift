import Testing

@testable import CommandOptions

struct ShortOptionsTests {
    private let options = ShortOptions(flags: "qh", valued: "udiseo")

    @Test(arguments: [
        (["-u2", "-d1s", "-ojson=x"], ["-u=2", "-d=1s", "-o=json=x"]), (["-u=2", "-u", "2"], ["-u=2", "-u", "2"]),
        (["-qu2"], ["-q", "-u=2"]), (["-q", "-qh"], ["-q", "-q", "-h"]), (["-u-5"], ["-u=-5"]),
        (["-s30s:5", "-eK=V=W", "-e=K=V"], ["-s=30s:5", "-e=K=V=W", "-e=K=V"]),
        (["--vus", "2", "--out=json=x", "-", "a-u2", ""], ["--vus", "2", "--out=json=x", "-", "a-u2", ""]),
        (["-x2", "-vus"], ["-x2", "-vus"]), (["load", "-u1", "--", "-u2"], ["load", "-u=1", "--", "-u2"]),
    ])
    func valuesBehindTheirLetters(_ given: [String], _ separated: [String]) {
        #expect(self.options.separated(given) == separated)
    }
}

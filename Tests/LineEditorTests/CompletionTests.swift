import Testing

@testable import LineEditor

@Suite struct CompletionTests {
    @Test func textThatAllCandidatesHave() {
        func continuation(_ word: String, _ candidates: [String]) -> String {
            Completion(word: word, candidates: candidates).continuation
        }
        #expect(continuation("co", ["connect"]) == "nnect")
        #expect(continuation("s", ["send", "sensor"]) == "en")
        #expect(continuation("se", ["send", "sleep"]) == "")
        #expect(continuation("x", []) == "")
    }

    @Test func listInColumns() {
        let completion = Completion(word: "", candidates: ["send", "on", "connect", "on"])
        #expect(completion.list(columns: 20) == "connect  on\nsend\n")
        #expect(completion.list(columns: 5) == "connect\non\nsend\n")
    }

    @Test func aLongListIsCut() {
        let completion = Completion(word: "", candidates: (0..<500).map(String.init))
        #expect(completion.list(columns: 1).split(separator: "\n").count == 201)
        #expect(completion.list(columns: 1).hasSuffix("...\n"))
    }
}

import Testing

@testable import SocketIOServer

struct ServerAcksTests {
    private func question(_ id: String, _ namespace: Int = 0) -> ServerAcks.Question {
        ServerAcks.Question(namespace: namespace, id: Array(id.utf8))
    }

    @Test func eachQuestionIsAnsweredOnce() {
        var acks = ServerAcks()
        let first = acks.ask(self.question("7")) ?? 0
        let second = acks.ask(self.question("8", 1)) ?? 0
        #expect(acks.answered(first, namespace: 1) == nil)
        #expect(acks.answered(second, namespace: 1) == self.question("8", 1))
        #expect(acks.answered(second, namespace: 1) == nil)
        #expect(acks.answered(first, namespace: 0) == self.question("7"))
        #expect(acks.answered(99, namespace: 0) == nil)
    }

    @Test func theQuestionsAreLimited() {
        var acks = ServerAcks()
        for _ in 1..<ServerAcks.most { _ = acks.ask(self.question("1")) }
        let last = acks.ask(self.question("2", 1)) ?? 0
        #expect(acks.ask(self.question("3")) == nil)
        #expect(acks.answered(last, namespace: 1) != nil)
        #expect(acks.ask(self.question("4", 1)) != nil)
        acks.left(0)
        for _ in 1..<ServerAcks.most { #expect(acks.ask(self.question("5")) != nil) }
        #expect(acks.ask(self.question("6")) == nil)
    }
}

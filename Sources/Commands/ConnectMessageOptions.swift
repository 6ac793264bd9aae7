import CommandLineParser
import CommandOptions
import LoadPlan
import NIOCore
import ProcessSupport
import TerminalClient

/// The messages of `eio-lua connect`, and the time for them.
struct ConnectMessageOptions: ParsableArguments {
    @Flag(help: "Read a JSON value from each line, and write a JSON object for each message.")
    var json = false

    @Flag(help: "Send text as binary messages, and write binary messages as they are.")
    var binary = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Send this text instead of reading the input. May be repeated.", valueName: "text"))
    var send: [String] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Show so many messages, and end then.", valueName: "n"),
        transform: number(in: 1...1_000_000_000))
    var count: Int?

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp(
            "Stay so long, such as 10s; with --count or --ack, wait no longer for them.", valueName: "time"))
    var duration: String?

    func messages(_ input: InputFormat) throws -> [OutgoingMessage] {
        try self.send.map { text in
            try validating { () throws(UsageError) in try input.message(ofText: Array(text.utf8)) }
        }
    }

    func time() throws -> TimeAmount? {
        guard let text = self.duration else { return nil }
        guard let time = DurationText.parse(text), time > .zero else {
            throw ValidationError("'\(text)' is not a valid time for --for: write 10s, 500ms or 1m30s")
        }
        return .nanoseconds(time.wholeNanoseconds)
    }
}

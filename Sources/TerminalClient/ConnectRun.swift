import LineEditor
import NIOCore
import ProcessSupport
import Scripting

/// One session of a user with a server, on one event loop: sends the input, shows what comes, and ends in time.
final class ConnectRun {
    enum Stage { case connecting, open, waitingToRetry, over }

    /// More events do not wait for their acks at once: the next line waits instead.
    static let mostAcks = 1000
    /// The time for an ack without `--for`, as for `call` of a script.
    static let ackTime = TimeAmount.seconds(60)
    /// The messages that are kept until connecting is over, and their bytes.
    static let mostHeld = 1000
    static let mostHeldBytes = 1 << 20

    let settings: ConnectSettings
    let link: any ServerLink
    let eventLoop: any EventLoop
    let output: any ReportOutput
    /// Whether the input is typed, and may have commands.
    let hasPrompt: Bool
    /// Nil if lines are not edited here, but by the terminal itself, if at all.
    let editor: LineEditor?
    /// The names of events that can be completed.
    let names: EventNames
    var typedLines = LineSplitter(limit: InputQueue.longestLine)
    var stage = Stage.connecting
    var queue: InputQueue
    let standardInput = StandardInput()
    var isReadingInput = false
    /// The user has ended the session, and may begin another one.
    var isPaused = false
    /// That of the session that is open.
    var opening: Report.Opening?
    var sentCount = 0
    var receivedCount = 0
    /// The server is behind.
    var isFull = false
    var goal: RunGoal
    var goalTimer: Scheduled<Void>?
    var acks: [UInt64: (event: String, timer: Scheduled<Void>)] = [:]
    /// Messages that came before connecting was over.
    var held: [Report] = []
    var heldBytes = 0
    var lastFailure = ""
    var hasProblem = false
    /// Set from the moment on at which the run is to end.
    var status: Int32?
    let ended: (Int32) -> Void

    /// - Parameter ended: called with the exit status when the session is closed and all output is written.
    init(
        _ settings: ConnectSettings, link: any ServerLink, eventLoop: any EventLoop, output: any ReportOutput,
        hasPrompt: Bool, editor: LineEditor?, names: EventNames, ended: @escaping (Int32) -> Void
    ) {
        self.hasPrompt = hasPrompt
        self.editor = editor
        self.names = names
        self.settings = settings
        self.link = link
        self.eventLoop = eventLoop
        self.output = output
        self.queue = InputQueue(settings.input, messages: settings.messages)
        self.goal = RunGoal(count: settings.count, duration: settings.duration?.nanoseconds)
        self.ended = ended
        link.delegate = self
    }

    var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    func start() { self.link.connect() }

    /// Begins another session, whose failure is reported even if it is the same as before.
    func connectAgain() {
        self.stage = .connecting
        self.isPaused = false
        self.lastFailure = ""
        self.link.connect()
    }
}

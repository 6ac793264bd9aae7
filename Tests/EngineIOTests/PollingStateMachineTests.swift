import EngineIO
import TestSupport
import Testing

struct PollingStateMachineTests {
    typealias Orders = PollingStateMachine.Orders

    private var polling = PollingStateMachine()

    private static func orders(
        poll: Bool = false, delay: Int64 = 0, post: Bool = false, paused: Bool = false, finished: Bool = false
    ) -> Orders {
        var orders = Orders()
        orders.poll = poll
        orders.pollDelay = delay
        orders.post = post
        orders.paused = paused
        orders.finished = finished
        return orders
    }

    private static let nothing = Orders()
    private static let poll = Self.orders(poll: true)
    private static let post = Self.orders(post: true)

    @Test mutating func nothingIsSentBeforeTheStart() {
        check(self.polling.orders(hasPackets: false), Self.nothing)
        check(self.polling.orders(hasPackets: true), Self.nothing)
        #expect(self.polling.isIdle)
    }

    @Test mutating func neverTwoPolls() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func neverTwoPosts() {
        self.polling.run()
        check(self.polling.orders(hasPackets: true), Self.orders(poll: true, post: true))
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: true), Self.post)
    }

    @Test mutating func pollsAndPostsDoNotWaitForEachOther() {
        self.polling.run()
        check(self.polling.orders(hasPackets: true), Self.orders(poll: true, post: true))
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: true), Self.poll)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: true), Self.post)
        #expect(!self.polling.isIdle)
        self.polling.pollEnded(isEmpty: false)
        #expect(!self.polling.isIdle)
        self.polling.postEnded()
        #expect(self.polling.isIdle)
    }

    @Test mutating func emptyAnswersSlowThePollingDown() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        for delay in [0, 50, 100, 200, 400, 800, 1_600, 1_600, 1_600] as [Int64] {
            self.polling.pollEnded(isEmpty: true)
            check(self.polling.orders(hasPackets: false), Self.orders(poll: true, delay: delay))
        }
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.pollEnded(isEmpty: true)
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func aPollThatIsDelayedCountsAsInFlight() {
        self.polling.run()
        for _ in 0..<3 {
            _ = self.polling.orders(hasPackets: false)
            self.polling.pollEnded(isEmpty: true)
        }
        check(self.polling.orders(hasPackets: false), Self.orders(poll: true, delay: 100))
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.pause()
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.orders(paused: true))
    }

    // MARK: Pausing

    @Test mutating func anIdlePauseIsOverAtOnce() {
        self.polling.pause()
        check(self.polling.orders(hasPackets: true), Self.orders(paused: true))
        check(self.polling.orders(hasPackets: true), Self.nothing)
    }

    @Test(arguments: [true, false])
    func aPauseWaitsForBoth(pollEndsFirst: Bool) {
        var polling = PollingStateMachine()
        polling.run()
        check(polling.orders(hasPackets: true), Self.orders(poll: true, post: true))
        polling.pause()
        check(polling.orders(hasPackets: true), Self.nothing)
        if pollEndsFirst { polling.pollEnded(isEmpty: false) } else { polling.postEnded() }
        check(polling.orders(hasPackets: true), Self.nothing)
        if pollEndsFirst { polling.postEnded() } else { polling.pollEnded(isEmpty: true) }
        check(polling.orders(hasPackets: true), Self.orders(paused: true))
        check(polling.orders(hasPackets: true), Self.nothing)
    }

    @Test mutating func aPauseThatIsTakenBack() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.pause()
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.run()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func runningAgainAfterAPause() {
        self.polling.pause()
        check(self.polling.orders(hasPackets: true), Self.orders(paused: true))
        self.polling.run()
        check(self.polling.orders(hasPackets: true), Self.orders(poll: true, post: true))
    }

    // MARK: Reading

    @Test mutating func theNextPollWaitsForTheEndOfTheBody() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.answered()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.resumeReading()
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.answerRead(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func theAnswerToTheHandshakeIsReadBeforeTheFirstPoll() {
        self.polling.answered()
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.answerRead(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func aPauseDoesNotWaitForTheEndOfTheBody() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.answered()
        self.polling.pause()
        check(self.polling.orders(hasPackets: false), Self.orders(paused: true))
    }

    @Test mutating func aLostSessionSendsNothing() {
        self.polling.run()
        self.polling.stop()
        check(self.polling.orders(hasPackets: true), Self.nothing)
    }

    @Test mutating func aScriptThatDoesNotReadIsNotPolledFor() {
        self.polling.run()
        self.polling.pauseReading()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.resumeReading()
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func readingPausesWhileAPollIsOut() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.pauseReading()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.resumeReading()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.pauseReading()
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.resumeReading()
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    @Test mutating func readingThatPausesDoesNotHoldAnUpgrade() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.pauseReading()
        self.polling.pause()
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: false), Self.orders(paused: true))
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.resumeReading()
        check(self.polling.orders(hasPackets: false), Self.poll)
    }

    // MARK: Closing

    @Test mutating func closingPostsWhatIsQueuedAndPollsNoMore() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.close()
        check(self.polling.orders(hasPackets: true), Self.post)
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        // The answer to the last poll is waited for: cancelled, it would close the session under the last POST.
        check(self.polling.orders(hasPackets: false), Self.nothing)
        self.polling.pollEnded(isEmpty: true)
        check(self.polling.orders(hasPackets: false), Self.orders(finished: true))
    }

    @Test mutating func closingWhileAPostIsOut() {
        self.polling.run()
        check(self.polling.orders(hasPackets: true), Self.orders(poll: true, post: true))
        self.polling.close()
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.orders(hasPackets: true), Self.nothing)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.orders(finished: true))
    }

    @Test mutating func closingBeforeAnythingWasSent() {
        self.polling.close()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.orders(finished: true))
    }

    @Test mutating func closingWhileNothingIsRead() {
        self.polling.run()
        self.polling.pauseReading()
        self.polling.close()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.orders(finished: true))
        self.polling.resumeReading()
        #expect(!self.polling.orders(hasPackets: false).poll)
    }

    @Test mutating func closingEndsAPause() {
        self.polling.run()
        check(self.polling.orders(hasPackets: false), Self.poll)
        self.polling.pause()
        self.polling.close()
        check(self.polling.orders(hasPackets: true), Self.post)
        self.polling.pollEnded(isEmpty: false)
        self.polling.postEnded()
        check(self.polling.orders(hasPackets: false), Self.orders(finished: true))
    }

    @Test(arguments: ["run", "pause"])
    func closingIsFinal(event: String) {
        var polling = PollingStateMachine()
        polling.run()
        polling.close()
        if event == "run" { polling.run() } else { polling.pause() }
        check(polling.orders(hasPackets: true), Self.post)
        polling.postEnded()
        check(polling.orders(hasPackets: false), Self.orders(finished: true))
    }

    // MARK: Any order of events

    @Test func noOrderOfEventsBreaksTheRules() {
        var generator = SeededGenerator(seed: 18)
        for _ in 0..<500 {
            var polling = PollingStateMachine()
            var flow = "held"
            var isReading = true
            var inFlight = (poll: false, post: false)
            var trace: [String] = []
            for _ in 0..<40 {
                let isClosing = flow == "closing"
                switch generator.below(isClosing ? 6 : 9) {
                case 0 where inFlight.poll:
                    polling.pollEnded(isEmpty: generator.below(2) == 0)
                    inFlight.poll = false
                    trace.append("pollEnded")
                case 1, 0:
                    guard inFlight.post else { continue }
                    polling.postEnded()
                    inFlight.post = false
                    trace.append("postEnded")
                case 2, 3:
                    isReading = generator.below(2) == 0
                    if isReading { polling.resumeReading() } else { polling.pauseReading() }
                    trace.append(isReading ? "resumeReading" : "pauseReading")
                case 4, 5:
                    polling.run()
                    if !isClosing { flow = "running" }
                    trace.append("run")
                case 6, 7:
                    polling.pause()
                    flow = "pausing"
                    trace.append("pause")
                default:
                    guard generator.below(4) == 0 else { continue }
                    polling.close()
                    flow = "closing"
                    trace.append("close")
                }
                let hasPackets = generator.below(2) == 0
                let orders = polling.orders(hasPackets: hasPackets)
                let isIdle = !inFlight.poll && !inFlight.post
                let expected = Self.orders(
                    poll: flow == "running" && isReading && !inFlight.poll, delay: orders.pollDelay,
                    post: (flow == "running" || flow == "closing") && hasPackets && !inFlight.post,
                    paused: flow == "pausing" && isIdle, finished: flow == "closing" && isIdle && !hasPackets)
                #expect(orders == expected, "\(trace)")
                #expect(orders.pollDelay == 0 || orders.poll, "\(trace)")
                if orders.paused { flow = "held" }
                inFlight.poll = inFlight.poll || orders.poll
                inFlight.post = inFlight.post || orders.post
                #expect(polling.isIdle == (!inFlight.poll && !inFlight.post), "\(trace)")
            }
        }
    }
}

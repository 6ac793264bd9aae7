import EngineIO
import TestSupport
import Testing

struct PollingStateMachineTests {
    private var polling = PollingStateMachine()

    @Test mutating func nothingIsSentBeforeTheStart() {
        check(self.polling.next(hasPackets: false), .none)
        check(self.polling.next(hasPackets: true), .none)
        #expect(self.polling.isIdle)
    }

    @Test mutating func neverTwoPolls() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        check(self.polling.next(hasPackets: false), .none)
        self.polling.run()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func neverTwoPosts() {
        self.polling.run()
        check(self.polling.next(hasPackets: true), .postAndPoll(after: 0))
        check(self.polling.next(hasPackets: true), .none)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .none)
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: true), .post)
    }

    @Test mutating func pollsAndPostsDoNotWaitForEachOther() {
        self.polling.run()
        check(self.polling.next(hasPackets: true), .postAndPoll(after: 0))
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: true), .poll(after: 0))
        self.polling.postEnded()
        check(self.polling.next(hasPackets: true), .post)
        #expect(!self.polling.isIdle)
        self.polling.pollEnded(isEmpty: false)
        #expect(!self.polling.isIdle)
        self.polling.postEnded()
        #expect(self.polling.isIdle)
    }

    @Test mutating func emptyAnswersSlowThePollingDown() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        for delay in [0, 50, 100, 200, 400, 800, 1_600, 1_600, 1_600] as [Int64] {
            self.polling.pollEnded(isEmpty: true)
            check(self.polling.next(hasPackets: false), .poll(after: delay))
        }
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.pollEnded(isEmpty: true)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func aPollThatIsDelayedCountsAsInFlight() {
        self.polling.run()
        for _ in 0..<3 {
            _ = self.polling.next(hasPackets: false)
            self.polling.pollEnded(isEmpty: true)
        }
        check(self.polling.next(hasPackets: false), .poll(after: 100))
        check(self.polling.next(hasPackets: true), .post)
        self.polling.pause()
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .paused)
    }

    // MARK: Pausing

    @Test mutating func anIdlePauseIsOverAtOnce() {
        self.polling.pause()
        check(self.polling.next(hasPackets: true), .paused)
        check(self.polling.next(hasPackets: true), .none)
    }

    @Test(arguments: [true, false])
    func aPauseWaitsForBoth(pollEndsFirst: Bool) {
        var polling = PollingStateMachine()
        polling.run()
        check(polling.next(hasPackets: true), .postAndPoll(after: 0))
        polling.pause()
        check(polling.next(hasPackets: true), .none)
        if pollEndsFirst { polling.pollEnded(isEmpty: false) } else { polling.postEnded() }
        check(polling.next(hasPackets: true), .none)
        if pollEndsFirst { polling.postEnded() } else { polling.pollEnded(isEmpty: true) }
        check(polling.next(hasPackets: true), .paused)
        check(polling.next(hasPackets: true), .none)
    }

    @Test mutating func aPauseThatIsTakenBack() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.pause()
        check(self.polling.next(hasPackets: true), .none)
        self.polling.run()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func runningAgainAfterAPause() {
        self.polling.pause()
        check(self.polling.next(hasPackets: true), .paused)
        self.polling.run()
        check(self.polling.next(hasPackets: true), .postAndPoll(after: 0))
    }

    // MARK: Reading

    @Test mutating func theNextPollWaitsForTheEndOfTheBody() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.answered()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: true), .none)
        self.polling.answerRead(isEmpty: false)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func theAnswerToTheHandshakeIsReadBeforeTheFirstPoll() {
        self.polling.answered()
        self.polling.run()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.answerRead(isEmpty: false)
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func aPauseDoesNotWaitForTheEndOfTheBody() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.answered()
        self.polling.pause()
        check(self.polling.next(hasPackets: false), .paused)
    }

    @Test mutating func aLostSessionSendsNothing() {
        self.polling.run()
        self.polling.stop()
        check(self.polling.next(hasPackets: true), .none)
    }

    @Test mutating func aScriptThatDoesNotReadIsNotPolledFor() {
        self.polling.run()
        self.polling.pauseReading()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func readingPausesWhileAPollIsOut() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.pauseReading()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.pauseReading()
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .none)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    @Test mutating func readingThatPausesDoesNotHoldAnUpgrade() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.pauseReading()
        self.polling.pause()
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: false), .paused)
        self.polling.run()
        check(self.polling.next(hasPackets: false), .none)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
    }

    // MARK: Closing

    @Test mutating func closingPostsWhatIsQueuedAndPollsNoMore() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.close()
        check(self.polling.next(hasPackets: true), .post)
        check(self.polling.next(hasPackets: true), .none)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        // The answer to the last poll is waited for: cancelled, it would close the session under the last POST.
        check(self.polling.next(hasPackets: false), .none)
        self.polling.pollEnded(isEmpty: true)
        check(self.polling.next(hasPackets: false), .finished)
    }

    @Test mutating func closingWhileAPostIsOut() {
        self.polling.run()
        check(self.polling.next(hasPackets: true), .postAndPoll(after: 0))
        self.polling.close()
        check(self.polling.next(hasPackets: true), .none)
        self.polling.pollEnded(isEmpty: false)
        check(self.polling.next(hasPackets: true), .none)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .finished)
    }

    @Test mutating func closingBeforeAnythingWasSent() {
        self.polling.close()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .finished)
    }

    @Test mutating func closingWhileNothingIsRead() {
        self.polling.run()
        self.polling.pauseReading()
        self.polling.close()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .finished)
        self.polling.resumeReading()
        check(self.polling.next(hasPackets: false), .finished)
    }

    @Test mutating func closingEndsAPause() {
        self.polling.run()
        check(self.polling.next(hasPackets: false), .poll(after: 0))
        self.polling.pause()
        self.polling.close()
        check(self.polling.next(hasPackets: true), .post)
        self.polling.pollEnded(isEmpty: false)
        self.polling.postEnded()
        check(self.polling.next(hasPackets: false), .finished)
    }

    @Test(arguments: ["run", "pause"])
    func closingIsFinal(event: String) {
        var polling = PollingStateMachine()
        polling.run()
        polling.close()
        if event == "run" { polling.run() } else { polling.pause() }
        check(polling.next(hasPackets: true), .post)
        polling.postEnded()
        check(polling.next(hasPackets: false), .finished)
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
                let action = polling.next(hasPackets: hasPackets)
                let isIdle = !inFlight.poll && !inFlight.post
                let maySend = flow == "running" || flow == "closing"
                let expected = Expected(
                    poll: flow == "running" && isReading && !inFlight.poll,
                    post: maySend && hasPackets && !inFlight.post,
                    paused: flow == "pausing" && isIdle, finished: flow == "closing" && isIdle && !hasPackets)
                #expect(Expected(action) == expected, "\(trace)")
                if expected.paused { flow = "held" }
                inFlight.poll = inFlight.poll || expected.poll
                inFlight.post = inFlight.post || expected.post
                #expect(polling.isIdle == (!inFlight.poll && !inFlight.post), "\(trace)")
            }
        }
    }
}

/// The parts of an action, which are each easy to predict.
private struct Expected: Equatable {
    var poll = false
    var post = false
    var paused = false
    var finished = false
}

extension Expected {
    init(_ action: PollingStateMachine.Action) {
        switch action {
        case .none: break
        case .post: self.post = true
        case .poll: self.poll = true
        case .postAndPoll: (self.poll, self.post) = (true, true)
        case .paused: self.paused = true
        case .finished: self.finished = true
        }
    }
}

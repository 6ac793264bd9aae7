import NIOCore
import NIOHTTP1
import Synchronization

/// Answers the requests to the page of a run. All but ``stop`` belongs to the server's thread.
final class WebResponder: Sendable {
    private struct State {
        /// The run to show; nil before it begins.
        var run: WebRun?
        /// Requests that came before.
        var waiting: [(WebRequest, HTTPExchange)] = []
    }

    /// Ends the run, for a reason; nil before it begins and after its end.
    let stop = Mutex<(@Sendable (String) -> Void)?>(nil)
    private let access: WebAccess
    private let state: NIOLoopBoundBox<State>

    init(_ access: WebAccess, eventLoop: any EventLoop) {
        self.access = access
        self.state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// The run to show; nil before it begins.
    var run: WebRun? { self.state.value.run }

    /// Begins to show a run.
    func show(_ run: WebRun) {
        let waiting = self.state.value.waiting
        self.state.value = State(run: run)
        for (request, exchange) in waiting { self.perform(request, exchange, run) }
    }

    func answer(_ exchange: HTTPExchange) {
        do throws(WebRefusal) {
            let request = try self.access.request(exchange.request, address: exchange.channel.localAddress)
            if let run { return self.perform(request, exchange, run) }
            self.state.value.waiting.append((request, exchange))
        } catch {
            exchange.answer(error.answer)
        }
    }

    private func perform(_ request: WebRequest, _ exchange: HTTPExchange, _ run: WebRun) {
        switch request {
        case .page(let mayStop):
            run.page(exchange, stopPath: mayStop ? "/stop?token=\(self.access.token.text)" : nil)
        case .events(let version): run.watch(exchange, since: version)
        case .report: run.report(exchange)
        case .stop:
            guard let stop = self.stop.withLock({ $0 }) else { return exchange.answer(WebRefusal.ended.answer) }
            stop("stopped from the web page")
            exchange.answer(
                HTTPAnswer(status: .accepted, body: "The run is stopping.\n", headers: HTTPAnswer.neverKept))
        }
    }
}

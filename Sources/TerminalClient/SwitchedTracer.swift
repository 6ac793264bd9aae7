import EngineIOClient
import Synchronization

/// A tracer that can be turned on and off during a session.
package final class SwitchedTracer: PacketTracer {
    private let base: any PacketTracer
    private let state: Atomic<Bool>

    package init(_ base: any PacketTracer, isOn: Bool) {
        self.base = base
        self.state = Atomic(isOn)
    }

    func turn(on isOn: Bool) { self.state.store(isOn, ordering: .relaxed) }

    package func nextSession() -> Int { self.base.nextSession() }

    package func trace(_ event: TraceEvent) {
        if self.state.load(ordering: .relaxed) { self.base.trace(event) }
    }
}

import Synchronization

/// The event loops of this process that were given up: their threads are inside a C function of a script's that does not return.
///
/// A process that has any must not end by `exit`, which would wait for what they hold.
package enum LeftLoops {
    private static let count = Atomic<Int>(0)

    package static var exist: Bool { self.count.load(ordering: .relaxed) > 0 }

    static func add(_ loops: Int) { self.count.add(loops, ordering: .relaxed) }
}

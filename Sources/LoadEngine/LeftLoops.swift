import Synchronization

/// The event loops of this process that were given up, because a script on their thread is inside a C function that
/// does not return.
///
/// A process with such loops must not end by `exit`, which would wait for the resources that they hold.
package enum LeftLoops {
    private static let count = Atomic<Int>(0)

    package static var exist: Bool { self.count.load(ordering: .relaxed) > 0 }

    static func add(_ loops: Int) { self.count.add(loops, ordering: .relaxed) }
}

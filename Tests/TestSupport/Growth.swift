import Glibc
import Testing

/// Expects that `work` takes time in proportion to its input, or little more: for four times the input at most six
/// times as long. Work that is quadratic takes sixteen times as long.
///
/// Measured in CPU time of this thread, which other tests and slow builds do not change. The shortest of several runs
/// counts, because a run can still be slowed down by the caches that it shares.
///
/// - Parameters:
///   - size: of the smaller input, such as its bytes.
///   - prepare: makes the input of a size; it is not measured.
package func expectLinearTime<Input>(
    size: Int, prepare: (Int) throws -> Input, sourceLocation: SourceLocation = #_sourceLocation,
    work: (Input) throws -> Void
) rethrows {
    let (small, large) = (try prepare(size), try prepare(4 * size))
    var (shortest, shortestOfLarge) = (Int.max, Int.max)
    for _ in 0..<8 {
        shortest = min(shortest, try threadTime { try work(small) })
        shortestOfLarge = min(shortestOfLarge, try threadTime { try work(large) })
        if isLinear(shortest, shortestOfLarge) { return }
    }
    Issue.record(
        "size \(size) takes \(shortest) ns, \(4 * size) takes \(shortestOfLarge) ns", sourceLocation: sourceLocation)
}

/// The tenth of a millisecond is what the clock and the first touch of memory may cost.
private func isLinear(_ small: Int, _ large: Int) -> Bool { large <= 6 * small + 100_000 }

/// CPU time of this thread that `work` takes, in nanoseconds.
private func threadTime(_ work: () throws -> Void) rethrows -> Int {
    let start = threadClock()
    try work()
    return threadClock() - start
}

private func threadClock() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

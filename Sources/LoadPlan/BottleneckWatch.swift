/// Notices that this process, and not the server, is what limits a run.
package struct BottleneckWatch: Equatable, Sendable {
    /// The work of the process up to a moment of the run, all counted from its start.
    package struct Reading: Equatable, Sendable {
        package var seconds: Double
        /// CPU time of the process, in seconds.
        package var cpu: Double
        /// How often the loops' lag was measured, and all of it together in milliseconds.
        package var lagCount: Double
        package var lagSum: Double

        package init(seconds: Double, cpu: Double, lagCount: Double, lagSum: Double) {
            self.seconds = seconds
            self.cpu = cpu
            self.lagCount = lagCount
            self.lagSum = lagSum
        }
    }

    private let threads: Int
    private var last: Reading?
    private var busyReadings = 0
    /// The first finding, for a person; nil before it is found.
    package private(set) var finding: String?

    /// Of the CPU time that the loops can use.
    private static let busyShare = 0.9
    /// Mean lag in milliseconds.
    private static let longLag = 100.0
    /// Consecutive busy readings before a finding: one burst, as at the start of all users, is not a bottleneck.
    private static let neededReadings = 3

    /// - Parameter threads: event loops, or cores where there are fewer.
    package init(threads: Int) {
        self.threads = threads
    }

    /// Looks at the time since the last reading.
    ///
    /// - Returns: the finding, once.
    package mutating func add(_ reading: Reading) -> String? {
        defer { self.last = reading }
        guard let last, reading.seconds > last.seconds, self.finding == nil else { return nil }
        let share = (reading.cpu - last.cpu) / (reading.seconds - last.seconds) / Double(self.threads)
        let measured = reading.lagCount - last.lagCount
        let lag: Double
        if measured > 0 {
            lag = (reading.lagSum - last.lagSum) / measured
        } else {
            // Loops that measured before and did not come to it now were away all the time.
            lag = last.lagCount > 0 ? (reading.seconds - last.seconds) * 1_000 : 0
        }
        guard share >= Self.busyShare || lag >= Self.longLag else {
            self.busyReadings = 0
            return nil
        }
        self.busyReadings += 1
        guard self.busyReadings >= Self.neededReadings else { return nil }
        let what =
            share >= Self.busyShare
            ? "it used \(Int((share * 100).rounded())) % of \(self.threads) \(self.threads == 1 ? "core" : "cores")"
            : "its event loops were \(Int(lag.rounded())) ms late"
        let finding =
            "this process was the bottleneck after \(Int(reading.seconds)) s (\(what)): latencies show more about it "
            + "than about the server; use fewer users, or more machines (--segment)"
        self.finding = finding
        return finding
    }
}

import Metrics

/// A worker's measurements since its last report, in Locust's terms. Times are in milliseconds, points in time in
/// seconds since 1970.
package struct StatisticsReport: Equatable, Sendable {
    package struct Request: Hashable, Sendable {
        package let method: String
        package let name: String

        /// - Parameter name: cut where it is very long: a script may have any data in it.
        package init(method: String, name: String) {
            self.method = method
            self.name = boundedText(name, bytes: 200)
        }

        /// By their bytes.
        package static func == (left: Self, right: Self) -> Bool {
            left.name.isExactly(right.name) && left.method == right.method
        }

        package func hash(into hasher: inout Hasher) {
            self.method.hashBytes(into: &hasher)
            self.name.hashBytes(into: &hasher)
        }
    }

    /// The requests of one name.
    package struct Entry: Equatable, Sendable {
        package var firstTime: Double
        package var lastTime: Double
        /// All of them, failed ones too.
        package var requests = 0
        /// Those without a time.
        package var untimed = 0
        package var failures = 0
        package var totalTime = 0.0
        package var minTime: Double?
        package var maxTime = 0.0
        /// By the time as Locust rounds it.
        package var times: [Int: Int] = [:]
        /// By the second in which they ended.
        package var requestsBySecond: [Int: Int] = [:]
        package var failuresBySecond: [Int: Int] = [:]

        package init(at time: Double) { (self.firstTime, self.lastTime) = (time, time) }

        mutating func add(_ other: Entry) {
            self.firstTime = min(self.firstTime, other.firstTime)
            self.lastTime = max(self.lastTime, other.lastTime)
            self.requests += other.requests
            self.untimed += other.untimed
            self.failures += other.failures
            self.totalTime += other.totalTime
            self.minTime = other.minTime.map { min($0, self.minTime ?? $0) } ?? self.minTime
            self.maxTime = max(self.maxTime, other.maxTime)
            self.times.merge(other.times, uniquingKeysWith: +)
            self.requestsBySecond.merge(other.requestsBySecond, uniquingKeysWith: +)
            self.failuresBySecond.merge(other.failuresBySecond, uniquingKeysWith: +)
        }
    }

    package struct Failure: Hashable, Sendable {
        package let request: Request
        package let text: String

        package init(request: Request, text: String) {
            self.request = request
            self.text = boundedText(text, bytes: 1000)
        }

        /// By their bytes.
        package static func == (left: Self, right: Self) -> Bool {
            left.text.isExactly(right.text) && left.request == right.request
        }

        package func hash(into hasher: inout Hasher) {
            self.request.hash(into: &hasher)
            self.text.hashBytes(into: &hasher)
        }
    }

    package struct Occurrences: Equatable, Sendable {
        package var count: Int
        package var first: Double
        package var last: Double
    }

    /// When the report was made.
    package var time: Double
    package var entries: [Request: Entry] = [:]
    package var failures: [Failure: Occurrences] = [:]

    package init(at time: Double) { self.time = time }

    /// The sum of all entries.
    package var total: Entry {
        var total = Entry(at: self.entries.values.map(\.lastTime).max() ?? self.time)
        for entry in self.entries.values { total.add(entry) }
        return total
    }

    /// A response time as Locust puts it into a class (`bucket_response_time`): to the millisecond below 100 ms, to the
    /// second from 10 s on; halves go to the even neighbour, as Python's do.
    package static func rounded(_ milliseconds: Double) -> Int {
        let step: Double =
            switch milliseconds {
            case ..<100: 1
            case ..<1000: 10
            case ..<10_000: 100
            default: 1000
            }
        return Int(min((milliseconds / step).rounded(.toNearestOrEven) * step, 1e15))
    }
}

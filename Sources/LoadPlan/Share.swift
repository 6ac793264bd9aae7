/// Which elements of a sequence that a whole run shares - users, iterations - belong to one process or one event loop.
///
/// As k6's striping: the elements of all shares together are exactly those of the whole, each in one share only, and
/// every share has its part of any run of consecutive elements, so that it starts evenly over time.
package struct Share: Equatable, Sendable {
    /// The pattern repeats after so many elements.
    private let cycle: Int
    /// The elements below `cycle` that the segment has, ascending.
    private let elements: [Int]
    /// Of the segment's elements this share has each `parts`-th, beginning with `part`.
    private let part: Int
    private let parts: Int

    package init(of segment: ExecutionSegment) {
        self.cycle = segment.parts
        self.elements = (0..<segment.parts).filter { element in
            // Consecutive elements go to places that are far from each other: the digits in reverse order, and each
            // digit in steps near the golden ratio. The radices are primes, so that every digit is reached.
            var place = 0
            var rest = element
            for radix in segment.radices {
                let step = max(1, radix * 618 / 1_000)
                place = place * radix + rest % radix * step % radix
                rest /= radix
            }
            return place >= segment.first && place < segment.end
        }
        self.part = 0
        self.parts = 1
    }

    private init(_ share: Share, part: Int, parts: Int) {
        self.cycle = share.cycle
        self.elements = share.elements
        self.part = part
        self.parts = parts
    }

    /// This share in `count` equal ones, one for each event loop.
    package func split(into count: Int) -> [Share] {
        precondition(count > 0, "a share is split into one part at least")
        return (0..<count).map { Share(self, part: self.part + self.parts * $0, parts: self.parts * count) }
    }

    /// Every share of the same whole has one of so many consecutive elements at least.
    var period: Int { self.cycle * self.parts }

    /// How many of the first `limit` elements of the whole this share has.
    package func count(below limit: Int) -> Int {
        guard limit > 0 else { return 0 }
        let ofSegment = limit / self.cycle * self.elements.count + self.index(of: limit % self.cycle)
        return ofSegment <= self.part ? 0 : (ofSegment - self.part - 1) / self.parts + 1
    }

    /// The share's element number `index`, both from 0; ascending.
    package func element(_ index: Int) -> Int {
        let ofSegment = index * self.parts + self.part
        let (cycles, position) = ofSegment.quotientAndRemainder(dividingBy: self.elements.count)
        return cycles * self.cycle + self.elements[position]
    }

    /// How many of `elements` are less than `limit`.
    private func index(of limit: Int) -> Int {
        var low = 0
        var high = self.elements.count
        while low < high {
            let middle = (low + high) / 2
            if self.elements[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

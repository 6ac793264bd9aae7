/// The greatest first, but a row keeps its place until it is clearly greater than the one above it: figures that are
/// near each other do not change places each second.
struct SteadyOrder<Key: Hashable & Sendable>: Sendable {
    /// How many times as great a row is that goes past another one.
    private static var margin: Double { 1.25 }

    private var places: [Key: Int] = [:]

    /// - Returns: the indices of at most `limit` weights, in the order in which they are shown.
    mutating func order(_ keys: [Key], weights: [Double], limit: Int) -> [Int] {
        var known: [(place: Int, index: Int)] = []
        var new: [Int] = []
        for (index, key) in keys.enumerated() {
            if let place = self.places[key] { known.append((place, index)) } else { new.append(index) }
        }
        known.sort { $0.place < $1.place }
        new = Self.greatest(limit, of: new, by: { weights[$0] })
        var order = known.map(\.index) + new
        for start in order.indices {
            var place = start
            while place > 0, weights[order[place]] > weights[order[place - 1]] * Self.margin {
                order.swapAt(place, place - 1)
                place -= 1
            }
        }
        order.removeLast(Swift.max(order.count - limit, 0))
        self.places = [:]
        for (place, index) in order.enumerated() { self.places[keys[index]] = place }
        return order
    }

    /// The greatest ones in their order, without sorting the rest; of equal ones the first.
    static func greatest<Element>(
        _ limit: Int, of elements: some Sequence<Element>, by weight: (Element) -> Double
    ) -> [Element] {
        var found: [(weight: Double, element: Element)] = []
        for element in elements {
            let weight = weight(element)
            if found.count == limit {
                guard let last = found.last, weight > last.weight else { continue }
                found.removeLast()
            }
            let place = found.lastIndex { $0.weight >= weight }.map { $0 + 1 } ?? 0
            found.insert((weight, element), at: place)
        }
        return found.map(\.element)
    }
}

/// The points of a line that stand for all of its points, where a page cannot have all of them.
struct PointSampling: Equatable {
    enum Kept {
        /// The greatest of some neighbours, at the end of their time.
        case greatest
        /// The least and the greatest of some neighbours, in their order, so that no peak is lost either way.
        case extremes
    }

    /// How many neighbours belong together.
    let group: Int
    let kept: Kept

    /// Every point of its own.
    static let all = PointSampling(group: 1, kept: .greatest)

    /// Points of a line while a run goes on.
    static let maximumLivePoints = 1_000

    /// Of a run that goes on: groups of a power of two, because their size rarely changes then, and the points of a
    /// second begin with those of the second before.
    static func live(of count: Int) -> Self {
        guard count > Self.maximumLivePoints else { return .all }
        var group = 4
        while (count + group - 1) / group * 2 > Self.maximumLivePoints { group *= 2 }
        return Self(group: group, kept: .extremes)
    }

    func times(_ times: [Double]) -> [Double] {
        self.group == 1
            ? times
            : self.groups(of: times.count).flatMap { group in
                let (middle, end) = (times[group.lowerBound + (group.count - 1) / 2], times[group.upperBound - 1])
                return self.kept == .greatest || group.count == 1 ? [end] : [middle, end]
            }
    }

    func values(_ values: [Double?]) -> [Double?] {
        self.group == 1
            ? values
            : self.groups(of: values.count).flatMap { group -> [Double?] in
                let known = group.filter { values[$0] != nil }
                let greatest = known.max { values[$0]! < values[$1]! }
                guard self.kept == .extremes, group.count > 1 else { return [greatest.flatMap { values[$0] }] }
                guard let greatest, let least = known.min(by: { values[$0]! < values[$1]! }) else { return [nil, nil] }
                return [values[Swift.min(least, greatest)], values[Swift.max(least, greatest)]]
            }
    }

    private func groups(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: self.group).map { $0..<Swift.min($0 + self.group, count) }
    }
}

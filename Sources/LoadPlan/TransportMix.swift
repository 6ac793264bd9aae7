import Metrics

/// `--mix polling=20,upgrade=60,websocket=20`: which transports a user has, in percent of the users.
package struct TransportMix: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Long polling only.
        case polling
        /// Long polling, upgraded to a websocket: the default of a client.
        case upgrade
        /// A websocket from the start.
        case websocket
    }

    /// In percent, 100 altogether; in the order of `Kind`.
    package let percentages: [(kind: Kind, percent: Int)]

    package static func == (left: TransportMix, right: TransportMix) -> Bool {
        left.percentages.elementsEqual(right.percentages, by: ==)
    }

    /// - Parameter text: kinds and whole percentages that add up to 100; kinds that are not named have none.
    package init(parsing text: String) throws(OptionErrors) {
        let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        func failure(_ message: String) -> OptionErrors {
            OptionErrors([OptionProblem(path: "--mix", value: "\"\(text)\"", message: message)])
        }
        var shares: [Kind: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard sides.count == 2, let percent = Int(sides[1]), (0...100).contains(percent) else {
                throw failure("\"\(part)\" must be a kind, \"=\" and a percentage from 0 to 100")
            }
            guard let kind = Kind(rawValue: sides[0]) else {
                throw failure("unknown kind \"\(sides[0])\"; known are \(names)")
            }
            guard shares.updateValue(percent, forKey: kind) == nil else {
                throw failure("\"\(kind.rawValue)\" is given twice")
            }
        }
        let sum = shares.values.reduce(0, +)
        guard sum == 100 else { throw failure("the percentages add up to \(sum), not 100") }
        self.percentages = Kind.allCases.compactMap { kind in shares[kind].map { (kind, $0) } }
    }

    /// The kind of a user; of any 100 users with consecutive identifiers each kind has exactly its percentage.
    ///
    /// 61 has no factor in common with 100, so that 100 steps of it visit each place once; and it is near 100 times the
    /// golden ratio, so that few users are mixed well too. Neighbouring places go to different event loops, so that no
    /// loop gets all users of one kind.
    package func kind(ofUser idInTest: Int) -> Kind {
        let place = (idInTest - 1) * 61 % 100
        var bound = 0
        for (kind, percent) in self.percentages {
            bound += percent
            if place < bound { return kind }
        }
        return self.percentages[0].kind
    }
}

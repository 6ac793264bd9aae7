import JSONText
import Metrics

/// Reads the members of one object of the options; what is wrong goes to the list of problems, and reading goes on.
struct OptionReader {
    let path: String
    private let members: [ExactText: JSON]
    let problems: ProblemList

    /// Nil, with a problem noted, if the value is not an object.
    init?(_ value: JSON, path: String, problems: ProblemList) {
        switch value {
        case .object(let members):
            self.members = Dictionary(
                members.map { (ExactText($0.key), $0.value) }, uniquingKeysWith: { _, last in last })
        case .array([]): self.members = [:]
        default:
            problems.add(path, value.excerpt, "must be a table with named members")
            return nil
        }
        self.path = path
        self.problems = problems
    }

    var keys: [String] { self.members.keys.sorted().map(\.text) }

    func has(_ key: String) -> Bool { (self.member(key) ?? .null) != .null }

    /// Whether something is there that can be read; an empty text, as of an empty variable, is nothing.
    func hasContent(_ key: String) -> Bool { self.has(key) && self.member(key) != .string("") }

    func value(_ key: String) -> JSON? { self.has(key) ? self.member(key) : nil }

    private func member(_ key: String) -> JSON? { self.members[ExactText(key)] }

    func path(of key: String) -> String { Self.path(self.path, key) }

    /// `path.key`, or `path["key"]` if the key is not a plain name.
    static func path(_ path: String, _ key: String) -> String {
        let isPlain =
            !key.isEmpty
            && key.unicodeScalars.allSatisfy { $0.isWordCharacter || $0 == "-" }
        return isPlain ? "\(path).\(key)" : "\(path)[\"\(key)\"]"
    }

    /// Notes every key that is not among the known ones, with the nearest one. `remarks` explain keys that a user may
    /// well expect here.
    func checkKeys(_ known: [String], remarks: [String: String] = [:]) {
        for key in self.keys where !known.contains(key) {
            let message: String
            if let remark = remarks[key] {
                message = remark
            } else if let nearest = nearestName(to: key, among: known) {
                message = "unknown option; did you mean \"\(nearest)\"?"
            } else {
                message = "unknown option; known are \(known.joined(separator: ", "))"
            }
            self.problems.add(self.path(of: key), self.member(key)?.excerpt, message)
        }
    }

    /// Notes that a required member is missing; true where it is there.
    @discardableResult
    func require(_ key: String, _ reason: String) -> Bool {
        if self.hasContent(key) { return true }
        self.problems.add(self.path(of: key), nil, "is missing: \(reason)")
        return false
    }

    /// A whole number, also as text: what `__ENV` has is text (k6 takes both; an empty text is as none there, too).
    func integer(_ key: String, atLeast least: Int, atMost most: Int = 100_000_000) -> Int? {
        guard let value = self.value(key), value.string != "" else { return nil }
        let number = value.integer ?? value.double.flatMap(Int.init(exactly:)) ?? value.string.flatMap { Int($0) }
        if let number, number >= least, number <= most { return number }
        self.problems.add(self.path(of: key), value.excerpt, "must be a whole number from \(least) to \(most)")
        return nil
    }

    func bool(_ key: String) -> Bool? {
        guard let value = self.value(key) else { return nil }
        if case .bool(let bool) = value { return bool }
        self.problems.add(self.path(of: key), value.excerpt, "must be true or false")
        return nil
    }

    func string(_ key: String) -> String? {
        guard let value = self.value(key) else { return nil }
        if case .string(let string) = value { return string }
        self.problems.add(self.path(of: key), value.excerpt, "must be a string")
        return nil
    }

    /// A duration of zero or more; with `positive` of more than zero. A number without a unit is refused, but for 0.
    func duration(_ key: String, positive: Bool = false) -> Duration? {
        guard let value = self.value(key) else { return nil }
        let duration: Duration?
        let complaint: String
        switch value {
        case .string(let text): (duration, complaint) = (DurationText.parse(text), DurationText.complaint(text))
        default:
            duration = value.double == 0 ? .zero : nil
            complaint = value.double == nil ? DurationText.complaint("") : DurationText.withoutUnit(value.excerpt)
        }
        if let message = duration.map({ Self.complaint($0, positive: positive) }) ?? complaint {
            self.problems.add(self.path(of: key), value.excerpt, message)
            return nil
        }
        return duration
    }

    /// Why a duration may not stand where it does, or nil.
    static func complaint(_ duration: Duration, positive: Bool) -> String? {
        if duration < .zero { return "must not be negative" }
        return positive && duration == .zero ? "must be more than 0" : nil
    }

    /// Elements with their paths; a table without elements is an empty list.
    func list(_ key: String) -> [(value: JSON, path: String)]? {
        guard let value = self.value(key) else { return nil }
        if value.isEmptyTable { return [] }
        guard case .array(let elements) = value else {
            self.problems.add(self.path(of: key), value.excerpt, "must be a list")
            return nil
        }
        return elements.enumerated().map { ($0.element, "\(self.path(of: key))[\($0.offset + 1)]") }
    }

    /// Names and texts, as of `tags` and `env`; numbers and booleans become text.
    func strings(_ key: String) -> [String: String] {
        guard let value = self.value(key),
            let reader = OptionReader(value, path: self.path(of: key), problems: self.problems)
        else { return [:] }
        var strings: [String: String] = [:]
        for (name, value) in reader.members {
            switch value {
            case .string(let text): strings[name.text] = text
            case .integer(let integer): strings[name.text] = String(integer)
            case .number(let number): strings[name.text] = number.plainText
            case .bool(let bool): strings[name.text] = "\(bool)"
            default: self.problems.add(reader.path(of: name.text), value.excerpt, "must be a string, number or boolean")
            }
        }
        return strings
    }
}

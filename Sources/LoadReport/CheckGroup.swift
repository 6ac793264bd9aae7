import JSONText
import Metrics

/// The tree of groups, each with its checks.
struct CheckGroup {
    private var groups: [(name: String, group: CheckGroup)] = []
    private var checks: [CheckResult] = []

    init(_ results: [CheckResult] = []) {
        for result in results { self.add(result, path: result.group.groupNames[...]) }
    }

    private mutating func add(_ result: CheckResult, path: ArraySlice<String>) {
        guard let first = path.first else {
            self.checks.append(result)
            return
        }
        if let place = self.groups.firstIndex(where: { $0.name.isExactly(first) }) {
            self.groups[place].group.add(result, path: path.dropFirst())
        } else {
            var group = CheckGroup()
            group.add(result, path: path.dropFirst())
            self.groups.append((first, group))
        }
    }

    /// As `handleSummary` has it: groups and checks in lists.
    func list(name: String, path: String) -> JSON {
        .object([
            "name": .string(name), "path": .string(path),
            "groups": .array(self.groups.map { $0.group.list(name: $0.name, path: path + "::" + $0.name) }),
            "checks": .array(self.checks.map { Self.json($0, path: path) }),
        ])
    }

    private static func json(_ check: CheckResult, path: String) -> JSON {
        .object([
            "name": .string(check.name), "path": .string(path + "::" + check.name),
            "passes": .integer(Int(clamping: check.passes)), "fails": .integer(Int(clamping: check.fails)),
        ])
    }

    /// As an export has it: groups and checks by their names.
    func json(name: String, path: String) -> JSON {
        let groups = self.groups.map { inner in
            JSON.Member(key: inner.name, value: inner.group.json(name: inner.name, path: path + "::" + inner.name))
        }
        let checks = self.checks.map { JSON.Member(key: $0.name, value: Self.json($0, path: path)) }
        return .object([
            "name": .string(name), "path": .string(path), "groups": .object(groups), "checks": .object(checks),
        ])
    }
}

extension String {
    /// The names in `::outer::inner`.
    fileprivate var groupNames: [String] {
        let colon = UInt8(ascii: ":")
        var names: [[UInt8]] = [[]]
        var rest = Array(self.utf8)[...]
        while let first = rest.popFirst() {
            if first == colon, rest.first == colon {
                names.append([])
                rest.removeFirst()
            } else {
                names[names.count - 1].append(first)
            }
        }
        return names.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    }
}

import JSONText

extension JSON {
    /// A table of Lua without elements is a list or an object, whichever is asked for.
    var isEmptyTable: Bool { self == .array([]) || self == .object([]) }

    /// Compact JSON, cut where it is long: for messages.
    var excerpt: String {
        let text = self.sortedByKeys.text(isForHTML: false)
        return text.count <= 60 ? text : text.prefix(57) + "..."
    }

    /// A table of Lua has its members in an order that differs from run to run.
    private var sortedByKeys: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sortedByKeys))
        case .object(let members):
            .object(
                members.map { Member(key: $0.key, value: $0.value.sortedByKeys) }.sorted { $0.key < $1.key })
        default: self
        }
    }
}

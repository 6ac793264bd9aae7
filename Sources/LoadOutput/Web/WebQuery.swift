/// The query of a url, whose values have no escapes.
struct WebQuery {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    /// All values of a name, in their order.
    subscript(name: String) -> [Substring] {
        self.text.split(separator: "&").compactMap { part in
            part.hasPrefix(name + "=") ? part.dropFirst(name.count + 1) : nil
        }
    }
}

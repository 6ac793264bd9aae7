import ArgumentParser

/// The values of an option that is given as KEY=VALUE and may be repeated: the last one of a key counts.
package func keyValuePairs(_ texts: [String], _ option: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("\(option) needs KEY=VALUE, not \(text)")
        }
        pairs[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return pairs
}

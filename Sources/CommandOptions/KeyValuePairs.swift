import CommandLineParser

/// The values of an option that is given as KEY=VALUE and may be repeated: the last one of a key counts.
package func keyValuePairs(_ texts: [String], _ option: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals != text.startIndex else {
            // Without showing it: the text may be a secret whose key was forgotten.
            throw ValidationError("\(option) needs KEY=VALUE, and one was given without a KEY= before it")
        }
        pairs[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
    }
    return pairs
}

/// The names that a namespace can have.
package enum NamespaceName {
    /// The reason why the text is not the name of a namespace, nil if it is: parsers end a name at a comma and drop
    /// what comes after a question mark, and a name without a slash never matches.
    package static func problem(_ name: String) -> String? {
        if name.utf8.first != UInt8(ascii: "/") { return "a namespace begins with /" }
        for byte in name.utf8
        where byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "?") {
            return "a namespace has no commas, question marks and controls"
        }
        return nil
    }
}

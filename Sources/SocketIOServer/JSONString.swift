import JSONText

/// JSON strings as they stand in a packet.
enum JSONString {
    /// The text of a valid string.
    ///
    /// - Parameter raw: what is between the quotes.
    static func text(_ raw: UnsafeRawBufferPointer) -> String {
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        let quote = CollectionOfOne(UInt8(ascii: "\""))
        return JSON(parsing: Array(quote) + raw + quote, leniently: true)?.string ?? ""
    }
}

import JSONText

enum HTMLText {
    /// For an element's text or an attribute. Control characters are written out, but for line breaks and tabs.
    static func escape(_ text: String) -> String {
        VisibleText.lines(text).escaped { byte in
            switch byte {
            case UInt8(ascii: "&"): "&amp;"
            case UInt8(ascii: "<"): "&lt;"
            case UInt8(ascii: ">"): "&gt;"
            case UInt8(ascii: "\""): "&quot;"
            case UInt8(ascii: "'"): "&#39;"
            default: nil
            }
        }
    }
}

/// The reason why a compressed body cannot be unpacked.
enum ContentCodingError: Error, CustomStringConvertible {
    case unknown(String)
    case tooManyLayers
    case damaged
    case cutShort
    /// A layer holds much more than all of the answer may have.
    case tooLong

    var description: String {
        switch self {
        case .unknown(let name): "its Content-Encoding \"\(name)\" is neither gzip nor deflate"
        case .tooManyLayers: "it is compressed more than \(ContentDecoder.maximumLayers) times"
        case .damaged: "the compressed body is damaged"
        case .cutShort: "the compressed body is cut short"
        case .tooLong: "the compressed body is longer than the limit"
        }
    }
}

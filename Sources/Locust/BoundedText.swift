import Metrics

/// Text that came from a script or a server, cut so that a message stays small.
func boundedText(_ text: String, bytes limit: Int) -> String {
    let cut = text.cut(toBytes: limit)
    return cut.utf8.count < text.utf8.count ? cut + "…" : text
}

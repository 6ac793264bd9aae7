extension RunDescription {
    /// Scheme, host and port of the first of a script's arguments that is a url, without what may be secret in it.
    package static func server(of arguments: some Sequence<String>) -> String {
        for argument in arguments {
            let parts = argument.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[1].isEmpty, parts[0].count > 1, parts[0].hasSuffix(":"),
                parts[0].allSatisfy({ $0.isLetter || $0 == ":" })
            else { continue }
            let authority = parts[2].prefix { !"/?#".contains($0) }
            guard let host = authority.split(separator: "@", omittingEmptySubsequences: false).last, !host.isEmpty
            else {
                continue
            }
            return "\(parts[0])//\(host)"
        }
        return ""
    }
}

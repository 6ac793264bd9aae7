import EngineIOClient

/// The command line as a report and an export show it: many people read those.
package enum CommandLineMask {
    private static let mask = "***"
    /// Options of one letter without a value; all others have one.
    private static let shortFlags = "q".utf8

    /// This process's, with spaces between.
    ///
    /// - Parameter showsSecrets: all of it, as it is.
    package static func ofThisProcess(showsSecrets: Bool) -> String {
        let arguments = CommandLine.arguments
        return (showsSecrets ? arguments : self.masked(arguments)).joined(separator: " ")
    }

    /// The arguments without secrets: the values of `-e`, the arguments of the script, and the user, the password and
    /// the query values of each URL are left out.
    static func masked(_ arguments: [String]) -> [String] {
        var masked: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            masked.append(self.masked(argument))
            if argument == "--" { return masked + rest.map { _ in self.mask } }
            guard let mask = self.maskOfNext(argument), let next = rest.popFirst() else { continue }
            masked.append(mask(next))
        }
        return masked
    }

    private static func masked(_ argument: String) -> String {
        if argument.hasPrefix("--env=") { return "--env=" + self.pair(String(argument.dropFirst(6))) }
        if argument.hasPrefix("--url=") { return "--url=" + self.url(String(argument.dropFirst(6))) }
        if let (start, value) = self.shortVariable(argument), !value.isEmpty { return start + self.pair(value) }
        return SecretMask.url(argument)
    }

    /// The mask of the next argument.
    private static func maskOfNext(_ argument: String) -> ((String) -> String)? {
        if argument == "--env" { return self.pair }
        if argument == "--url" { return self.url }
        guard let (_, value) = self.shortVariable(argument), value.isEmpty else { return nil }
        return self.pair
    }

    /// `-eKEY=VALUE`, or `-e` alone, where flags may stand before it: what is not of the value, and the value.
    private static func shortVariable(_ argument: String) -> (start: String, value: String)? {
        guard argument.utf8.first == UInt8(ascii: "-") else { return nil }
        let letters = argument.utf8.dropFirst()
        let flags = letters.prefix { self.shortFlags.contains($0) }
        guard letters.dropFirst(flags.count).first == UInt8(ascii: "e") else { return nil }
        var value = Substring(letters.dropFirst(flags.count + 1))
        let hasEquals = value.utf8.first == UInt8(ascii: "=")
        if hasEquals { value = Substring(value.utf8.dropFirst()) }
        return ("-\(Substring(flags))e\(hasEquals ? "=" : "")", String(value))
    }

    private static func url(_ text: String) -> String { SecretMask.url(text, hasScheme: false) }

    private static func pair(_ text: String) -> String {
        let key = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        return key.endIndex == text.utf8.endIndex ? self.mask : "\(Substring(key))=\(self.mask)"
    }
}

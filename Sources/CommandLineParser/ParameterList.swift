/// All parameters of a command, with those of its groups, in the order of their declarations.
struct ParameterList {
    struct Entry {
        let parameter: Parameter
        /// The title of its section in the help; empty for the last section, which has no title of its own.
        let section: String
    }

    private(set) var entries: [Entry] = []
    /// The groups, from the innermost, and the command itself.
    private var groups: [any ParsableArguments] = []

    let help = Flag(wrappedValue: false, name: [.customShort("h"), .customLong("help")], help: "Show this help.")
    let version = Flag(wrappedValue: false, name: .customLong("version"), help: "Show the version.")

    init(of command: any ParsableArguments, hasVersion: Bool) {
        self.add(command, section: "")
        if hasVersion { self.entries.append(Entry(parameter: self.version, section: "")) }
        self.entries.append(Entry(parameter: self.help, section: ""))
    }

    private mutating func add(_ group: any ParsableArguments, section: String) {
        for child in Mirror(reflecting: group).children {
            guard let declaration = child.value as? Declaration else { continue }
            if let inner = declaration as? ParameterGroup {
                self.add(inner.members, section: inner.title.isEmpty ? section : inner.title)
            } else if let parameter = declaration as? Parameter {
                // The property of a wrapper is named with a `_` before it.
                parameter.property = String(child.label!.dropFirst())
                self.entries.append(Entry(parameter: parameter, section: section))
            }
        }
        self.groups.append(group)
    }

    var parameters: [Parameter] { self.entries.map(\.parameter) }

    func validate() throws {
        for group in self.groups { try group.validate() }
    }
}

/// The names of an option or a flag.
package struct NameSpecification: ExpressibleByArrayLiteral, Sendable {
    package enum Name: Sendable {
        /// The property's name: `--local-ips` for `localIps`.
        case long
        /// The first letter of the property.
        case short
        case customLong(String)
        case customShort(Character)
    }

    package static let long: NameSpecification = [.long]
    package static let shortAndLong: NameSpecification = [.short, .long]
    package static func customLong(_ name: String) -> NameSpecification { [.customLong(name)] }
    /// That of arguments.
    static let none: NameSpecification = []

    private let elements: [Name]

    package init(arrayLiteral elements: Name...) { self.elements = elements }

    func names(of property: String) -> [String] {
        self.elements.map { element in
            switch element {
            case .long: "--\(kebabCase(property))"
            case .short: "-\(property.prefix(1))"
            case .customLong(let name): "--\(name)"
            case .customShort(let letter): "-\(letter)"
            }
        }
    }
}

/// `localIps` as `local-ips`.
func kebabCase(_ name: String) -> String {
    var text = ""
    for letter in name {
        if letter.isUppercase { text += "-" }
        text += letter.lowercased()
    }
    return text
}

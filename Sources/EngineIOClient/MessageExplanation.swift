/// A message as a trace shows it, in the terms of the protocol that is spoken over Engine.IO. Secrets in it are masked.
package struct MessageExplanation: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        /// JSON, or text that should have been JSON.
        case json(String)
    }

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: Value

        package init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
    }

    package var fields: [Field] = []
    /// Data that is not among the fields, because it is not text or not whole.
    package var data: [UInt8] = []
    package var isBinary = false
    package var isWhole = true

    package init() {}
}

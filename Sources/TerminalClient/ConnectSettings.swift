import NIOCore

/// The wishes of the user of `eio-lua connect`.
package struct ConnectSettings: Sendable {
    package var link: LinkSettings
    package var input: InputFormat
    /// Messages to send instead of those of the standard input.
    package var messages: [OutgoingMessage] = []
    /// The events to show; nil shows all.
    package var events: Set<String>?
    package var count: Int?
    package var duration: TimeAmount?

    package init(_ link: LinkSettings, _ input: InputFormat) {
        (self.link, self.input) = (link, input)
    }
}

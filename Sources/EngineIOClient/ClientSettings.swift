/// Everything that all sessions of one client have in common: one object, because an idle client keeps each copy.
package final class ClientSettings {
    package let loop: ClientLoop
    package let configuration: ClientConfiguration
    let cookies: CookieStore

    /// - Parameter cookies: of the client, through all sessions.
    package init(loop: ClientLoop, configuration: ClientConfiguration, cookies: CookieStore = CookieStore()) {
        self.loop = loop
        self.configuration = configuration
        self.cookies = cookies
    }
}

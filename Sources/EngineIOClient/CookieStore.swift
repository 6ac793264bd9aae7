import EngineIO
import Glibc

/// The cookies of one client, which live through its sessions.
package final class CookieStore {
    private var jar = CookieJar()
    /// How many the server has set that were not taken.
    private(set) var refused = 0

    package init() {}

    /// - Returns: why it was not taken.
    func store(_ header: [UInt8], from url: ServerURL, path: String) -> CookieRefusal? {
        let refusal = self.jar.store(setCookie: header, from: CookieOrigin(url, path: path), now: Self.now())
        if refusal != nil { self.refused += 1 }
        return refusal
    }

    func header(for url: ServerURL, path: String, merging userCookie: String?) -> [UInt8]? {
        self.jar.header(
            for: CookieOrigin(url, path: path), now: Self.now(), merging: userCookie.map { Array($0.utf8) })
    }

    private static func now() -> Int64 { Int64(time(nil)) }
}

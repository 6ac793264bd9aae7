import EngineIO

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The cookies of one client, which live through its sessions.
package final class CookieStore {
    private var jar = CookieJar()

    package init() {}

    func store(_ header: String, from url: ServerURL, path: String) {
        self.jar.store(setCookie: header, from: CookieOrigin(url, path: path), now: Self.now())
    }

    func header(for url: ServerURL, path: String, merging userCookie: String?) -> String? {
        self.jar.header(for: CookieOrigin(url, path: path), now: Self.now(), merging: userCookie)
    }

    private static func now() -> Int64 { Int64(time(nil)) }
}

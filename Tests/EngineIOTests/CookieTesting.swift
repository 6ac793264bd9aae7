@testable import EngineIO

/// The helpers of all tests of cookies.
protocol CookieTesting {}

extension CookieTesting {
    static var now: Int64 { 1_700_000_000 }

    static func origin(_ url: String, path: String = "/engine.io/") throws -> CookieOrigin {
        CookieOrigin(try ServerURL(url), path: path)
    }

    /// The cookies of a request after some have been set.
    func sent(
        _ cookies: [String], from: String = "http://www.example.com", path: String = "/engine.io/", to: String? = nil,
        toPath: String? = nil, after seconds: Int64 = 0
    ) throws -> String? {
        var jar = CookieJar()
        let origin = try Self.origin(from, path: path)
        for cookie in cookies { jar.store(setCookie: cookie, from: origin, now: Self.now) }
        return jar.headerText(for: try Self.origin(to ?? from, path: toPath ?? path), now: Self.now + seconds)
    }
}

extension CookieJar {
    mutating func store(setCookie header: String, from origin: CookieOrigin, now: Int64) {
        self.store(setCookie: Array(header.utf8), from: origin, now: now)
    }

    func headerText(for origin: CookieOrigin, now: Int64, merging own: String? = nil) -> String? {
        let header = self.header(for: origin, now: now, merging: own.map { Array($0.utf8) })
        return header.map { String(decoding: $0, as: UTF8.self) }
    }
}

import EngineIOServer

extension HTTPAnswer {
    /// Headers of an answer that no browser keeps, no page shows, and that is read as what it says.
    static let neverKept = ServedPage(html: "", contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'")
        .headers

    /// A page that the browser shows.
    static func page(_ page: ServedPage) -> Self {
        Self(body: page.html, contentType: "text/html; charset=utf-8", headers: page.headers)
    }

    /// A report that the browser saves.
    static func report(_ html: String, fileName: String) -> Self {
        Self(
            body: html, contentType: "text/html; charset=utf-8",
            headers: self.neverKept + [("Content-Disposition", "attachment; filename=\"\(fileName)\"")])
    }

    /// The name of a saved report: the script's, of letters, digits and `-_.` only.
    static func reportName(script: String) -> String {
        let file = script.split(separator: "/").last ?? ""
        let name = (file.hasSuffix(".lua") ? file.dropLast(4) : file).unicodeScalars.prefix(80).map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains(scalar))
                ? Character(scalar) : "-"
        }
        let text = String(name.drop { "-.".contains($0) })
        return (text.isEmpty ? "run" : text) + "-report.html"
    }
}

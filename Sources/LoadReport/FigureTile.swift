/// A figure that one looks for first, large on its card.
struct FigureTile {
    let value: String
    let name: String
    let details: String

    var html: String {
        "<div><b>\(HTMLText.escape(self.value))</b>\(HTMLText.escape(self.name))"
            + "<small>\(HTMLText.escape(self.details))</small></div>\n"
    }
}

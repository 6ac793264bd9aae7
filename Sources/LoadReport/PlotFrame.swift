import JSONText
import Metrics

/// The place of a plot's parts in its picture, in the units of the SVG; `lines.js` draws into the same frame.
enum PlotFrame {
    static let width = 480.0
    static let height = 210.0
    static let left = 62.0
    static let right = 14.0
    static let top = 10.0
    static let bottom = 26.0

    static var innerWidth: Double { Self.width - Self.left - Self.right }
    static var innerHeight: Double { Self.height - Self.top - Self.bottom }
    static var end: Double { Self.left + Self.innerWidth }
    static var base: Double { Self.top + Self.innerHeight }

    /// - Parameter share: from 0 at the left to 1.
    static func x(_ share: Double) -> Double { Self.left + share * Self.innerWidth }
    /// - Parameter share: from 0 at the bottom to 1.
    static func y(_ share: Double) -> Double { Self.top + (1 - share) * Self.innerHeight }

    static func text(_ coordinate: Double) -> String { coordinate.short(1) }

    /// The beginning of a picture.
    /// - Parameters:
    ///   - label: a description, for those who cannot see it.
    ///   - isFocusable: whether keys can reach it.
    static func svg(_ label: String, isFocusable: Bool = false) -> String {
        "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
            + (isFocusable ? "tabindex=\"0\" " : "") + "aria-label=\"\(HTMLText.escape(label))\">\n"
    }

    /// A horizontal line with its label at the left.
    static func horizontal(_ share: Double, _ label: String) -> String {
        let y = Self.text(Self.y(share))
        return "<path class=\"grid\" d=\"M\(Self.text(Self.left)) \(y)H\(Self.text(Self.end))\"/>"
            + "<text x=\"\(Self.text(Self.left - 6))\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">"
            + "\(HTMLText.escape(label))</text>\n"
    }

    /// A label below the picture.
    static func below(_ share: Double, _ label: String) -> String {
        let anchor = share > 0.97 ? "end" : share < 0.03 ? "start" : "middle"
        return "<text x=\"\(Self.text(Self.x(share)))\" y=\"\(Self.text(Self.height - 8))\" text-anchor=\"\(anchor)\">"
            + "\(HTMLText.escape(label))</text>\n"
    }
}

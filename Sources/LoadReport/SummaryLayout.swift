import LoadPlan
import Metrics

/// Brings lines into columns: names filled with dots and values under each other over the whole summary, the numbers of
/// trends under each other within a section.
struct SummaryLayout {
    private let nameWidth: Int
    private let valueWidth: Int
    private let extraWidths: [Int]
    private let style: TerminalStyle

    init(_ lines: [SummaryLine], nameWidth: Int, style: TerminalStyle) {
        self.nameWidth = nameWidth
        self.style = style
        var valueWidth = 0
        var extraWidths: [Int] = []
        for line in lines {
            switch line.content {
            case .trend: break
            case .explained(let value, _): valueWidth = Swift.max(valueWidth, value.count)
            case .single(let value, let extras):
                valueWidth = Swift.max(valueWidth, value.count)
                Self.widen(&extraWidths, extras)
            }
        }
        (self.valueWidth, self.extraWidths) = (valueWidth, extraWidths)
    }

    private static func widen(_ widths: inout [Int], _ texts: [String]) {
        for (index, text) in texts.enumerated() {
            if index == widths.count { widths.append(0) }
            widths[index] = Swift.max(widths[index], text.count)
        }
    }

    func texts(of lines: [SummaryLine]) -> [String] {
        var trendWidths: [Int] = []
        for case .trend(let texts) in lines.map(\.content) { Self.widen(&trendWidths, texts) }
        return lines.map { self.name($0) + " " + self.content($0, trendWidths) }
    }

    private func name(_ line: SummaryLine) -> String {
        let indent = line.isPart ? 2 : 0
        let dots = String(repeating: ".", count: self.nameWidth - indent - line.name.count) + ":"
        return String(repeating: " ", count: 4 + indent) + line.name + self.style(dots, .faint)
    }

    private func content(_ line: SummaryLine, _ trendWidths: [Int]) -> String {
        switch line.content {
        case .single(let value, let extras):
            self.columns([value] + extras, [self.valueWidth] + self.extraWidths)
        case .explained(let value, let words):
            self.columns([value, words], [self.valueWidth, 0])
        case .trend(let texts):
            self.columns(texts, trendWidths)
        }
    }

    /// Without spaces at the end.
    private func columns(_ texts: [String], _ widths: [Int]) -> String {
        texts.enumerated().map { index, text in
            let padding = index == texts.count - 1 ? "" : String("".padded(to: widths[index] - text.count))
            return self.style(text, .value) + padding
        }.joined(separator: " ")
    }
}

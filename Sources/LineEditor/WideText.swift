import CLineEditor

/// Text as libedit has it: wide characters, with a zero at the end.
enum WideText {
    static func wide(_ text: String) -> [wchar_t] {
        text.unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0]
    }

    static func text(_ line: line_editor_line) -> String {
        String(String.UnicodeScalarView(UnsafeBufferPointer(start: line.text, count: line.length).map(self.character)))
    }

    static func character(_ wide: wchar_t) -> Unicode.Scalar {
        Unicode.Scalar(UInt32(bitPattern: wide)) ?? "\u{FFFD}"
    }
}

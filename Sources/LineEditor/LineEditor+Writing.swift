import CLineEditor
import Glibc
import ProcessSupport

/// Everything that is written to the terminal, with the line below it.
extension LineEditor: ShownLine {
    package func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        guard let last = bytes.last else { return nil }
        let endsLine = last == UInt8(ascii: "\n")
        return self.withLock {
            if self.isEditing { self.hide() }
            let error = FileDescriptorOutput(descriptor: descriptor).writeDirectly(bytes)
            self.isAtLineStart = endsLine
            guard self.isEditing else { return error }
            if !endsLine { self.writeToTerminal("\n") }
            line_editor_show(self.handle)
            return error
        }
    }

    /// Called by C's standard output and error.
    static func write(_ bytes: UnsafePointer<CChar>?, _ length: Int, to descriptor: Int32) -> Int {
        let bytes = UnsafeRawBufferPointer(start: bytes, count: length)
        guard let line = ShownLines.current else { return 0 }
        guard let error = line.write(bytes, to: descriptor) else { return length }
        errno = error
        return 0
    }

    func writeToTerminal(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = FileDescriptorOutput(descriptor: STDOUT_FILENO).writeDirectly(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Removes the prompt and the line from the terminal; the cursor is where the prompt began.
    func hide() {
        let rows = self.layout.above
        self.writeToTerminal("\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\u{1B}[J")
    }

    /// Puts the cursor into the row after the line.
    func leaveLine(_ mark: String) {
        let rows = self.layout.below
        self.writeToTerminal((rows > 0 ? "\u{1B}[\(rows)B" : "") + mark + "\r\n")
    }

    var line: line_editor_line { line_editor_current(self.handle) }

    private var layout: LineLayout {
        let line = self.line
        let text = UnsafeBufferPointer(start: line.text, count: line.length).map(WideText.character)
        return LineLayout(
            self.prompt + text, cursor: self.prompt.count + line.cursor, columns: self.columns)
    }

    var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

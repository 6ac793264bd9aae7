import CLineEditor
import Dispatch
import Glibc
import ProcessSupport

/// Edits lines on a terminal while the rest of the program runs and prints.
///
///     let editor = LineEditor(program: "eio-lua", history: HistoryFile(named: "connect_history")) { text in
///         Completion(word: …, candidates: …)
///     }
///     editor?.read(prompt: "> ") { input in
///         eventLoop.execute { … }   // then `read` again, or `close`
///     }
///
/// - ``read(prompt:_:)`` edits one line. Its closure is called on the editor's thread with the line, and the next line
///   is not read before ``read(prompt:_:)`` is called again. Between two reads the terminal has its usual modes.
/// - While a line is edited, everything that this process writes to the terminal appears above it: C's and Lua's
///   standard output and error, and `FileDescriptorOutput`. A text without a line break at its end gets one.
/// - Ctrl-C is SIGINT, which the program handles (see `Signals`): ``interrupt()`` ends the line that is edited.
/// - The process may end by `exit`, `ProcessEnd` or a signal at any time; the terminal is restored. ``close()`` does
///   that without ending the process.
///
/// All functions are safe on any thread. A process has one editor.
package final class LineEditor: @unchecked Sendable {
    /// The result of a read.
    package enum Input: Sendable, Equatable {
        /// A line, without the line break.
        case line(String)
        /// ``interrupt()`` was called; `wasEmpty`: nothing was typed.
        case interrupted(wasEmpty: Bool)
        /// Ctrl-D was pressed in an empty line, or the terminal is gone.
        case ended
    }

    private let thread = DispatchQueue(label: "eio-lua.line-editor")
    private let history: HistoryFile?
    private let complete: @Sendable (String) -> Completion
    // For the thread that has the editor's lock.
    private(set) var handle: OpaquePointer!
    private(set) var prompt: [Unicode.Scalar] = []
    private var lastLine: String?
    private(set) var isEditing = false
    private var isInterrupted: Bool?
    private var isClosed = false
    /// Whether the cursor is at the beginning of a line of the terminal, as far as this process has written there.
    var isAtLineStart = true
    // For the editor's thread.
    private var decoder = KeyDecoder()
    private var decoded: [Unicode.Scalar] = []
    /// The number of bytes still to read that were typed between two lines, when the terminal had its usual modes.
    private var typedBefore = 0

    /// Whether the standard input and output are a terminal that a line can be edited on.
    package static var isPossible: Bool {
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0 && !name.isEmpty && name != "dumb"
    }

    /// Makes the editor; nil if ``isPossible`` is false or the terminal's type is unknown.
    ///
    /// - Parameters:
    ///   - history: the file of the lines that were typed before; nil keeps them for this process only.
    ///   - complete: called on the editor's thread for the Tab key with the text before the cursor; it may wait.
    package init?(
        program: String, history: HistoryFile?, complete: @escaping @Sendable (String) -> Completion
    ) {
        self.history = history
        self.complete = complete
        guard Self.isPossible else { return nil }
        let callbacks = line_editor_callbacks(
            next: { context, character in
                guard let context, let next = LineEditor.from(context).nextCharacter() else { return false }
                character?.pointee = wchar_t(bitPattern: next.value)
                return true
            },
            complete: { context in
                guard let context else { return }
                LineEditor.from(context).completeWord()
            })
        let limit = history?.limit ?? 1000
        guard
            let handle = line_editor_create(
                program, Int32(limit), callbacks, Unmanaged.passUnretained(self).toOpaque())
        else { return nil }
        self.handle = handle
        for line in history?.load() ?? [] { self.withLock { self.remember(line) } }
        ShownLines.current = self
        line_editor_replace_streams(
            { _, bytes, length in LineEditor.write(bytes, length, to: STDOUT_FILENO) },
            { _, bytes, length in LineEditor.write(bytes, length, to: STDERR_FILENO) })
        atexit {
            (ShownLines.current as? LineEditor)?.close()
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> LineEditor {
        Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        line_editor_lock(self.handle)
        defer { line_editor_unlock(self.handle) }
        return body()
    }

    private func withoutLock<Result>(_ body: () -> Result) -> Result {
        line_editor_unlock(self.handle)
        defer { line_editor_lock(self.handle) }
        return body()
    }

    // MARK: Reading

    /// Edits one line, which is added to the history.
    ///
    /// - Parameter deliver: called once, on the editor's thread.
    package func read(prompt: String, _ deliver: @escaping @Sendable (Input) -> Void) {
        self.thread.async { deliver(self.edit(prompt)) }
    }

    /// Ends the line that is edited, if there is one.
    package func interrupt() { EditingSignals.wake() }

    /// Ends editing, also by a ``read(prompt:_:)`` that is under way, which does not deliver anything. The terminal has
    /// the modes that it had before.
    package func close() {
        self.withLock {
            guard !self.isClosed else { return }
            self.isClosed = true
            guard self.isEditing else { return }
            self.leaveLine("")
            self.isEditing = false
            EditingSignals.end()
        }
        TerminalModes.restore()
    }

    private func edit(_ prompt: String) -> Input {
        self.withLock {
            guard !self.isClosed else { return .ended }
            TerminalModes.save()
            EditingSignals.begin()
            if !self.isAtLineStart { self.writeToTerminal("\n") }
            self.prompt = Array(prompt.unicodeScalars)
            self.isInterrupted = nil
            self.isEditing = true
            // Before the prompt is seen, so that no key is read as a part of a line.
            line_editor_set_raw(self.handle, true)
            self.typedBefore = Self.readableBytes
            let text = WideText.wide(prompt)
            let isLine = text.withUnsafeBufferPointer { line_editor_read(self.handle, $0.baseAddress) }
            // The process is about to end.
            while self.isClosed { self.withoutLock { _ = pause() } }
            let line = WideText.text(self.line).dropLast(isLine ? 1 : 0)
            if !isLine { self.leaveLine(self.isInterrupted == nil ? "" : "^C") }
            self.isEditing = false
            self.isAtLineStart = true
            EditingSignals.end()
            TerminalModes.restored()
            if let wasEmpty = self.isInterrupted { return .interrupted(wasEmpty: wasEmpty) }
            guard isLine else { return .ended }
            self.keep(String(line))
            return .line(String(line))
        }
    }

    private func keep(_ line: String) {
        guard line != self.lastLine, !line.allSatisfy(\.isWhitespace) else { return }
        self.history?.append(line)
        self.remember(line)
    }

    private func remember(_ line: String) {
        self.lastLine = line
        // libedit's own lines end with a line break.
        WideText.wide(line + "\n").withUnsafeBufferPointer { line_editor_remember(self.handle, $0.baseAddress) }
    }

    /// The next character that was typed; nil ends the line. The lock is given up while nothing is typed.
    private func nextCharacter() -> Unicode.Scalar? {
        while self.decoded.isEmpty {
            var descriptors = [
                pollfd(fd: EditingSignals.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            let count = self.withoutLock { poll(&descriptors, 2, -1) }
            if self.isClosed { return nil }
            guard count > 0 else { continue }
            if descriptors[0].revents != 0 {
                while let signal = EditingSignals.next() { self.handle(signal) }
                if self.isInterrupted != nil { return nil }
            } else if !self.readByte() {
                return nil
            }
        }
        return self.decoded.removeFirst()
    }

    private func handle(_ signal: Int32) {
        switch signal {
        case SIGWINCH:
            self.hide()
            line_editor_resize(self.handle)
            line_editor_show(self.handle)
        case SIGTSTP:
            self.leaveLine("")
            line_editor_set_raw(self.handle, false)
            EditingSignals.stop()
            self.continueEditing()
        case SIGCONT:
            self.continueEditing()
        default:
            self.isInterrupted = self.line.length == 0
            self.decoder = KeyDecoder()
        }
    }

    private func continueEditing() {
        line_editor_set_raw(self.handle, true)
        line_editor_show(self.handle)
    }

    private func readByte() -> Bool {
        var byte: UInt8 = 0
        let count = Glibc.read(STDIN_FILENO, &byte, 1)
        guard count == 1 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
        if self.typedBefore > 0 {
            self.typedBefore -= 1
            // In the usual modes, Linux keeps a Ctrl-D as a zero.
            if byte == 0 { byte = 0x04 }
        }
        self.decoded += self.decoder.add(byte)
        return true
    }

    private static var readableBytes: Int {
        var count: CInt = 0
        return ioctl(STDIN_FILENO, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    private func completeWord() {
        let line = self.line
        let before = WideText.text(line_editor_line(text: line.text, length: line.cursor, cursor: line.cursor))
        let completion = self.withoutLock { self.complete(before) }
        let continuation = completion.continuation
        if !continuation.isEmpty {
            WideText.wide(continuation).withUnsafeBufferPointer { line_editor_insert(self.handle, $0.baseAddress) }
        } else if completion.candidates.count > 1 {
            self.hide()
            self.writeToTerminal(completion.list(columns: self.columns))
            line_editor_show(self.handle)
        }
    }
}

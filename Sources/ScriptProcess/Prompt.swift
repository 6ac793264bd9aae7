import LineEditor
import NIOCore
import ProcessSupport
import Scripting

/// The prompt for Lua: reads statements, and has the script's host run one after the other.
///
/// All calls come on the script's loop.
final class Prompt {
    private let host: ScriptHost
    private let eventLoop: any EventLoop
    private let editor: LineEditor?
    private let end: () -> Void
    /// The lines of a statement that is not complete yet.
    private var lines: [String] = []
    private let running: RunningStatement
    private var count = 1

    /// - Parameter end: called when the input has ended.
    init(_ host: ScriptHost, on eventLoop: any EventLoop, running: RunningStatement, end: @escaping () -> Void) {
        self.host = host
        self.eventLoop = eventLoop
        self.running = running
        self.end = end
        let completer = Completer(host, on: eventLoop)
        self.editor = LineEditor(program: "eio-lua", history: HistoryFile(named: "lua_history")) {
            completer.complete($0)
        }
    }

    static let greeting = "\(Version.text)\nTab completes names, Ctrl-C interrupts a statement, Ctrl-D ends"

    /// Restores the terminal; no line is read any more.
    func close() {
        self.running.number = -1
        self.editor?.close()
    }

    /// Ends the line in which the terminal shows a Ctrl-C that is pressed while a statement runs. Safe on any thread.
    static func leaveEcho() {
        if LineEditor.isPossible { FileDescriptorOutput.standardOutput.write("\n") }
    }

    /// Ctrl-C. `statement` is the number of the statement that ran when the signal came.
    func interrupt(statement: Int) {
        if statement == 0 { self.editor?.interrupt() }
        if statement != 0, statement == self.running.number { self.host.interruptStatement() }
    }

    /// The chunk or a statement is over.
    func statementEnded() {
        self.lines = []
        self.readLine()
    }

    private func readLine() {
        self.running.number = 0
        let prompt = self.host.promptText(isFirst: self.lines.isEmpty)
        guard let editor else {
            try? PersonOutput.standardOutput.write(prompt)
            return self.host.readLine()
        }
        let target = NIOLoopBound(self, eventLoop: self.eventLoop)
        editor.read(prompt: prompt) { input in
            target.eventLoop.execute {
                switch input {
                case .line(let line): target.value.lineRead(line)
                case .interrupted(let wasEmpty): target.value.lineInterrupted(wasEmpty)
                case .ended: target.value.lineRead(nil)
                }
            }
        }
    }

    private func lineInterrupted(_ wasEmpty: Bool) {
        if wasEmpty, self.lines.isEmpty { return self.end() }
        self.lines = []
        self.readLine()
    }

    /// - Parameter line: nil at the end of the input.
    func lineRead(_ line: String?) {
        guard let line else {
            if self.editor == nil { try? PersonOutput.standardOutput.write("\n") }
            return self.end()
        }
        self.lines.append(line)
        self.count += 1
        self.running.number = self.count
        switch self.host.begin(statement: self.lines.joined(separator: "\n")) {
        case .begun: break
        case .incomplete: self.readLine()
        case .invalid: self.statementEnded()
        }
    }
}

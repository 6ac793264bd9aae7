import CLuaHost

/// The use of a script by a prompt (``ScriptOptions/hasPrompt``).
extension ScriptHost {
    /// The result of reading a statement that was typed.
    package enum StatementStart {
        /// ``ScriptHostDelegate/scriptStatementEnded()`` follows, later.
        case begun
        /// More lines are needed.
        case incomplete
        /// Its error was reported.
        case invalid
    }

    /// Runs a statement, or an expression whose values are printed.
    package func begin(statement text: String) -> StatementStart {
        guard let vm = self.vm else { return .invalid }
        let arena = SliceArena()
        self.turn()
        let result = withExtendedLifetime(arena) { luahost_vm_statement(vm, arena.slice(text)) }
        switch result {
        case LUAHOST_STATEMENT_INCOMPLETE: return .incomplete
        case LUAHOST_STATEMENT_INVALID: return .invalid
        default:
            self.run(vm)
            return .begun
        }
    }

    /// Cancels the waits of the statement that runs, or of the main chunk.
    package func interruptStatement() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_interrupt_statement(vm)
        self.run(vm)
    }

    /// The text of the prompt: the script's `_PROMPT`, or `_PROMPT2` for a further line.
    package func promptText(isFirst: Bool) -> String {
        guard let vm = self.vm else { return "" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            let length = luahost_vm_prompt(vm, isFirst, buffer.baseAddress, buffer.count)
            return String(luahost_slice(data: buffer.baseAddress, length: length))
        }
    }

    /// Reads a line of a standard input that is not a terminal; ``ScriptHostDelegate/scriptLineRead(_:)`` follows.
    package func readLine() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_read_line(vm)
        self.run(vm)
    }

    /// The names that may follow the text before the cursor, in place of the name at its end.
    package func names(after text: String) -> [String] {
        guard let vm = self.vm else { return [] }
        let arena = SliceArena()
        let names = withExtendedLifetime(arena) { String(luahost_vm_complete(vm, arena.slice(text))) }
        return names.split(separator: "\n").map(String.init)
    }

    /// Ends the script: disconnects its clients; ``ScriptHostDelegate/scriptFinished()`` follows.
    package func endPrompt() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_end_prompt(vm)
        self.run(vm)
    }
}

/// Which functions and tables a script's text names, and in which lines: for messages about what is called otherwise
/// than a load test expects. The text is not run.
package struct ScriptOutline: Equatable, Sendable {
    package struct Function: Equatable, Sendable {
        package let name: String
        package let line: Int
        package let isLocal: Bool

        package init(_ name: String, line: Int, isLocal: Bool = false) {
            (self.name, self.line, self.isLocal) = (name, line, isLocal)
        }
    }

    /// A table that a variable gets in the main chunk.
    package struct Table: Equatable, Sendable {
        package let name: String
        package let line: Int
        package let isLocal: Bool
        package var keys: [String] = []

        package init(_ name: String, line: Int, isLocal: Bool = false, keys: [String] = []) {
            (self.name, self.line, self.isLocal, self.keys) = (name, line, isLocal, keys)
        }
    }

    /// Global functions, wherever they are made, and the main chunk's local ones.
    package private(set) var functions: [Function] = []
    package private(set) var tables: [Table] = []

    package init() {}

    /// - Parameter text: Lua; invalid Lua makes an outline with less content.
    package init(_ text: some Sequence<UInt8>) {
        var scanner = OutlineScanner(LuaTokens(Array(text)))
        scanner.scan()
        (self.functions, self.tables) = (scanner.functions, scanner.tables)
    }

    /// The first function of this name that a load test can call.
    func globalFunction(_ name: String) -> Function? { self.functions.first { $0.name == name && !$0.isLocal } }

    func localFunction(_ name: String) -> Function? { self.functions.first { $0.name == name && $0.isLocal } }
}

/// Goes through the tokens once, with the blocks and brackets that are open.
private struct OutlineScanner {
    private enum Opening {
        case block
        case bracket
        /// The braces of a table that is kept, by its place.
        case table(Int)
    }

    private let tokens: LuaTokens
    private var open: [Opening] = []
    private var locals: Set<String> = []
    private(set) var functions: [ScriptOutline.Function] = []
    private(set) var tables: [ScriptOutline.Table] = []

    init(_ tokens: LuaTokens) { self.tokens = tokens }

    /// Whether a statement may stand here.
    private var isInBlock: Bool {
        if case .block? = self.open.last { return true }
        return self.open.isEmpty
    }

    mutating func scan() {
        for index in self.tokens.indices {
            switch self.tokens[index].text {
            case "function":
                self.function(at: index)
                self.open.append(.block)
            case "do", "if", "repeat": self.open.append(.block)
            case "end", "until", ")", "]", "}": _ = self.open.popLast()
            case "(", "[", "{": self.open.append(.bracket)
            case "=": self.assignment(at: index)
            case "local": self.local(at: index)
            default: break
            }
            self.openTable(at: index)
        }
    }

    /// `function name (`, `local function name (`.
    private mutating func function(at index: Int) {
        let name = self.tokens[index + 1]
        guard name.isName, self.tokens[index + 2].text == "(" else { return }
        self.add(name, isLocal: self.tokens[index - 1].text == "local")
    }

    /// `name = function`, `local name = function`, `name = {`; a key of a table.
    private mutating func assignment(at index: Int) {
        let hasAttribute = self.tokens[index - 1].text == ">" && self.tokens[index - 3].text == "<"
        let nameIndex = index - (hasAttribute ? 4 : 1)
        let (before, name) = (self.tokens[nameIndex - 1].text, self.tokens[nameIndex])
        guard name.isName else { return }
        if case .table(let place)? = self.open.last, ["{", ",", ";"].contains(before) {
            self.tables[place].keys.append(name.text)
        }
        guard self.isInBlock, ![".", ":", ",", "::"].contains(before) else { return }
        if self.tokens[index + 1].text == "function" { self.add(name, isLocal: before == "local") }
    }

    private mutating func add(_ name: LuaTokens.Token, isLocal: Bool) {
        let isLocal = isLocal || self.locals.contains(name.text)
        guard !isLocal || self.open.isEmpty else { return }
        self.functions.append(ScriptOutline.Function(name.text, line: name.line, isLocal: isLocal))
    }

    /// Names of the main chunk's local variables.
    private mutating func local(at index: Int) {
        guard self.open.isEmpty else { return }
        var next = index + 1
        if self.tokens[next].text == "function" { next += 1 }
        while self.tokens[next].isName {
            self.locals.insert(self.tokens[next].text)
            if self.tokens[next + 1].text == "<" { next += 3 }
            guard self.tokens[next + 1].text == "," else { return }
            next += 2
        }
    }

    /// `name = {` in the main chunk: the brace that has just been opened is the table's.
    private mutating func openTable(at index: Int) {
        guard self.tokens[index].text == "{", self.open.count == 1, self.tokens[index - 1].text == "=" else { return }
        let hasAttribute = self.tokens[index - 2].text == ">"
        let nameIndex = index - (hasAttribute ? 5 : 2)
        let (before, name) = (self.tokens[nameIndex - 1].text, self.tokens[nameIndex])
        guard name.isName, ![".", ":", ","].contains(before) else { return }
        self.open[0] = .table(self.tables.count)
        self.tables.append(
            ScriptOutline.Table(name.text, line: name.line, isLocal: self.locals.contains(name.text)))
    }
}

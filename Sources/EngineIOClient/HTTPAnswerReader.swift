import NIOHTTP1

/// Reads one answer of HTTP/1.1 (RFC 9112) from pieces of any size, and consumes no byte after it.
///
/// Answers are read as leniently as browsers and python read them: lines may end in LF alone, headers may be folded,
/// lines that are not headers are ignored. An answer whose end is in doubt is refused, because a part of it could be
/// taken for messages.
struct HTTPAnswerReader {
    /// The next part of the answer. Bytes belong to the input, and are valid as long as it is.
    enum Event {
        case head(HTTPAnswerHead)
        case body(UnsafeRawBufferPointer)
        case end
    }

    private enum State {
        case statusLine
        case fields
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case bodyUntilEnd
        case over
    }

    /// The most bytes in a head, in the trailers, and in the line before a chunk.
    private static let maximumHeadLength = 256 << 10
    private static let maximumFields = 256
    /// The most answers such as "102 Processing" before the final one.
    private static let maximumInformational = 16

    private var state = State.statusLine
    /// The start of a line whose end has not arrived.
    private var line: [UInt8] = []
    private var sectionLength = 0
    private var isVersion10 = false
    private var status = 0
    private var fields: [HTTPAnswerField] = []
    private var informational = 0

    /// Whether a part of the answer has arrived. Empty lines before it are not a part of it (RFC 9112, section 2.2).
    var hasBegun: Bool {
        guard case .statusLine = self.state else { return true }
        return self.informational > 0 || self.line.contains { $0 != 0x0D }
    }

    /// Whether the end of the connection is the end of the answer. Some servers close it after the last chunk, instead
    /// of sending the empty line that ends the trailers; python reads such answers too.
    var endsWithConnection: Bool {
        switch self.state {
        case .bodyUntilEnd, .trailers: true
        default: false
        }
    }

    /// Consumes the bytes of the next event from the front of `input`; nil if all were consumed and more are needed.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPAnswerError) -> Event? {
        while true {
            switch self.state {
            case .over:
                return nil
            case .body(left: 0):
                self.state = .over
                return .end
            case .body(let left):
                guard let part = Self.take(left, from: &input) else { return nil }
                self.state = .body(left: left - part.count)
                return .body(part)
            case .chunk(let left):
                guard let part = Self.take(left, from: &input) else { return nil }
                self.state = part.count == left ? .chunkEnd : .chunk(left: left - part.count)
                return .body(part)
            case .bodyUntilEnd:
                return Self.take(.max, from: &input).map(Event.body)
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard let line = try self.takeLine(from: &input) else { return nil }
                if let event = try self.read(line) { return event }
            }
        }
    }

    private static func take(_ limit: Int, from input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        if input.isEmpty { return nil }
        let count = min(limit, input.count)
        defer { input = UnsafeRawBufferPointer(rebasing: input.dropFirst(count)) }
        return UnsafeRawBufferPointer(rebasing: input.prefix(count))
    }

    /// Returns the next line without its end, which is CRLF, or LF alone (RFC 9112, section 2.2).
    private mutating func takeLine(from input: inout UnsafeRawBufferPointer) throws(HTTPAnswerError) -> [UInt8]? {
        let newline = input.firstIndex(of: 0x0A)
        let length = newline.map { $0 + 1 } ?? input.count
        self.sectionLength += length
        guard self.sectionLength <= Self.maximumHeadLength else {
            throw HTTPAnswerError("\(self.section) longer than \(Self.maximumHeadLength) bytes")
        }
        self.line.append(contentsOf: input.prefix(length))
        input = UnsafeRawBufferPointer(rebasing: input.dropFirst(length))
        guard newline != nil else { return nil }
        var line: [UInt8] = []
        swap(&line, &self.line)
        line.removeLast()
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    private var section: String {
        switch self.state {
        case .statusLine, .fields: "its head is"
        case .trailers: "its trailers are"
        default: "the line before a chunk is"
        }
    }

    private mutating func read(_ line: [UInt8]) throws(HTTPAnswerError) -> Event? {
        switch self.state {
        case .statusLine:
            if line.isEmpty { return nil }
            (self.isVersion10, self.status) = try HTTPAnswerField.statusLine(line)
            self.state = .fields
        case .fields:
            if line.isEmpty { return try self.finishHead() }
            try HTTPAnswerField.add(line, to: &self.fields)
            guard self.fields.count <= Self.maximumFields else {
                throw HTTPAnswerError("it has more than \(Self.maximumFields) headers")
            }
        case .chunkSize:
            self.sectionLength = 0
            let size = try HTTPAnswerField.chunkSize(line)
            self.state = size == 0 ? .trailers : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw HTTPAnswerError("a chunk is longer than its size") }
            self.state = .chunkSize
        case .trailers:
            guard line.isEmpty else { return nil }
            self.state = .over
            return .end
        case .body, .chunk, .bodyUntilEnd, .over:
            break
        }
        return nil
    }

    private mutating func finishHead() throws(HTTPAnswerError) -> Event? {
        let fields = self.fields.filter { !$0.name.isEmpty }
        self.fields = []
        self.sectionLength = 0
        if (100..<200).contains(self.status), self.status != 101 {
            self.informational += 1
            guard self.informational <= Self.maximumInformational else {
                throw HTTPAnswerError("more than \(Self.maximumInformational) informational answers come before it")
            }
            self.state = .statusLine
            return nil
        }
        let headers = HTTPHeaders(fields.map { ($0.name, $0.text) })
        var head = HTTPAnswerHead(status: self.status, headers: headers)
        head.cookies = fields.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
        let options = headers[canonicalForm: "connection"].map { $0.lowercased() }
        head.isKeepAlive = !options.contains("close") && (!self.isVersion10 || options.contains("keep-alive"))
        if HTTPAnswerField.forbidsReuse(headers) { head.isKeepAlive = false }
        if [101, 204, 304].contains(self.status) {
            head.length = 0
            self.state = .body(left: 0)
        } else {
            try self.frame(&head)
        }
        return .head(head)
    }

    /// Decides how the end of the body is found (RFC 9112, section 6.3).
    private mutating func frame(_ head: inout HTTPAnswerHead) throws(HTTPAnswerError) {
        let codings = head.headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
            .filter { $0 != "identity" }
        let lengths = head.headers[canonicalForm: "content-length"]
        if !codings.isEmpty {
            guard codings.allSatisfy({ $0 == "chunked" }) else {
                let shown = HTTPAnswerField.shown(codings.joined(separator: ", "))
                throw HTTPAnswerError("its Transfer-Encoding is \"\(shown)\", only \"chunked\" is understood")
            }
            // Another recipient may have found a different end (RFC 9112, sections 6.1 and 6.3): nothing after this
            // answer is trusted.
            if self.isVersion10 || !lengths.isEmpty || codings.count > 1 { head.isKeepAlive = false }
            self.state = .chunkSize
        } else if let length = try HTTPAnswerField.contentLength(lengths) {
            head.length = length
            self.state = .body(left: length)
        } else {
            head.isKeepAlive = false
            self.state = .bodyUntilEnd
        }
    }
}

import NIOHTTP1

/// What an answer begins with.
struct HTTPAnswerHead {
    var status: Int
    var headers: HTTPHeaders
    /// The values of its `Set-Cookie` headers as they came: they need not be UTF-8.
    var cookies: [[UInt8]] = []
    /// Whether the server takes another request on the connection, as far as the head says.
    var isKeepAlive = true
    /// The length of the body, where the head says it.
    var length: Int?

    var isSuccess: Bool { (200..<300).contains(self.status) }
}

/// Why an answer cannot be read.
struct HTTPAnswerError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads one answer of HTTP/1.1 (RFC 9112) from pieces of any size, and takes no byte behind it.
struct HTTPAnswerReader {
    /// What comes next of the answer. Bytes are those of the input: valid only while that is.
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

    /// Of a head, or of the trailers, in bytes.
    private static let maximumHeadLength = 256 << 10
    private static let maximumFields = 256
    /// Answers such as "102 Processing" before the one that counts.
    private static let maximumInformational = 16

    private var state = State.statusLine
    /// The start of a line whose end has not come.
    private var line: [UInt8] = []
    private var sectionLength = 0
    private var isVersion10 = false
    private var status = 0
    private var fields: [HTTPAnswerField] = []
    private var informational = 0

    /// Whether anything of an answer has come: empty lines before it are not a part of it (RFC 9112, section 2.2).
    var hasBegun: Bool {
        guard case .statusLine = self.state else { return true }
        return self.informational > 0 || self.line.contains { $0 != 0x0D }
    }

    /// Whether the end of the connection is the end of the answer.
    var endsWithConnection: Bool {
        if case .bodyUntilEnd = self.state { return true }
        return false
    }

    /// Takes what it needs for the next event from the front of `input`; nil when all was taken and more has to come.
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

    /// The next line without its end, which is CRLF, or LF alone (RFC 9112, section 2.2).
    private mutating func takeLine(from input: inout UnsafeRawBufferPointer) throws(HTTPAnswerError) -> [UInt8]? {
        let newline = input.firstIndex(of: 0x0A)
        let length = newline.map { $0 + 1 } ?? input.count
        self.sectionLength += length
        guard self.sectionLength <= Self.maximumHeadLength else {
            throw HTTPAnswerError("its head is longer than \(Self.maximumHeadLength) bytes")
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
            guard line.isEmpty else { throw HTTPAnswerError("a chunk is longer than its size says") }
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
        let fields = self.fields
        self.fields = []
        self.sectionLength = 0
        if (100..<200).contains(self.status), self.status != 101 {
            self.informational += 1
            guard self.informational <= Self.maximumInformational else {
                throw HTTPAnswerError("it has more than \(Self.maximumInformational) answers before it")
            }
            self.state = .statusLine
            return nil
        }
        let headers = HTTPHeaders(fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) })
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

    /// How the end of the body is found (RFC 9112, section 6.3).
    private mutating func frame(_ head: inout HTTPAnswerHead) throws(HTTPAnswerError) {
        let codings = head.headers[canonicalForm: "transfer-encoding"].filter { $0.lowercased() != "identity" }
        let length = try HTTPAnswerField.contentLength(head.headers[canonicalForm: "content-length"])
        if !codings.isEmpty {
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                let shown = HTTPAnswerField.shown(codings.joined(separator: ", "))
                throw HTTPAnswerError("its Transfer-Encoding is \"\(shown)\", only \"chunked\" is understood")
            }
            // Whoever passed it on may have gone by either (RFC 9112, section 6.3).
            if length != nil { throw HTTPAnswerError("it has a Content-Length and a Transfer-Encoding") }
            if self.isVersion10 { head.isKeepAlive = false }
            self.state = .chunkSize
        } else if let length {
            head.length = length
            self.state = .body(left: length)
        } else {
            head.isKeepAlive = false
            self.state = .bodyUntilEnd
        }
    }
}

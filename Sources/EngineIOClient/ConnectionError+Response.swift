import EngineIO
import NIOCore
import NIOHTTP1

extension ConnectionError {
    /// How much of a refusal's body is kept.
    private static let bodyLimit = 4096

    /// The error for a server's answer without a status of success.
    init(_ response: HTTPResponse) {
        let body = response.body.readableBytesView
        let refusal = ServerRefusal(body: body)
        self.init(.http, "Unexpected status code \(response.status) in server response", status: response.status)
        self.code = refusal.code
        let words = RefusalText.of(body: body, contentType: response.headers.first(name: "Content-Type"))
        self.add(words)
        self.add(refusal.hint)
        if refusal.isBareMessage {
            self.body = refusal.message.map { String($0.unicodeScalars.prefix(Self.bodyLimit)) }
        } else if !body.isEmpty {
            self.body = String(decoding: body.prefix(Self.bodyLimit), as: UTF8.self)
        }
        self.retryAfter = response.headers.first(name: "Retry-After")
    }

    /// The same error with what the program's user needs to find its cause: where the client connected to, and which
    /// option may be wrong.
    func explained(by builder: RequestBuilder, _ transport: Transport) -> ConnectionError {
        var error = self
        if error.status == 404 { error.add(builder.missingPathHint) }
        error.url = builder.shownURL(transport)
        return error
    }

    private mutating func add(_ reason: String?) {
        guard let reason else { return }
        self.cause = self.cause.map { "\($0); \(reason)" } ?? reason
    }
}

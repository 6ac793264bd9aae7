/// Why a transport could not connect.
struct OpeningFailure: Error {
    var error: ConnectionError
    /// The answer of a server that refused.
    var response: HTTPResponse?
}

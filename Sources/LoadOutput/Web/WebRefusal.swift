import NIOHTTP1

/// Why a request to the page of a run is refused.
struct WebRefusal: Error, Equatable {
    let status: HTTPResponseStatus
    /// A sentence for the one who made the request.
    let text: String
    /// The method that the resource has; of a request with another one.
    var allowed: HTTPMethod?

    var answer: HTTPAnswer {
        HTTPAnswer(
            status: self.status, body: self.text + "\n",
            headers: HTTPAnswer.neverKept + (self.allowed.map { [("Allow", $0.rawValue)] } ?? []))
    }

    static let foreignHost = Self(
        status: .forbidden,
        text: "The page is not served for the host of this url. Open the url that eio-lua printed at the start.")
    static let foreignOrigin = Self(
        status: .forbidden, text: "Requests from pages of another origin are refused.")
    static let wrongToken = Self(
        status: .forbidden,
        text: "The token is not the one of this run. Open the url that eio-lua printed at its start, "
            + "or the same url without a token to watch the run.")
    static let missingToken = Self(
        status: .forbidden,
        text: "Stopping needs the token of the run, which is in the url that eio-lua printed at the start.")
    static let missingOrigin = Self(
        status: .forbidden, text: "Only the page of the run can stop it: the request needs its Origin header.")
    static let unknownPath = Self(
        status: .notFound, text: "The page of the run is at /, and its report at /report.html.")
    static let notVersion = Self(
        status: .badRequest, text: "A version is a whole number from 0, as in /events?since=0.")
    static let ended = Self(status: .conflict, text: "The run has ended already.")

    static func method(_ allowed: HTTPMethod) -> Self {
        Self(status: .methodNotAllowed, text: "Use \(allowed.rawValue) here.", allowed: allowed)
    }
}

/// The system could not find a name.
struct HostLookupError: Error {
    /// In the system's words.
    var reason: String
}

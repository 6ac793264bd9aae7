/// The loops that a run has left behind.
package struct LeftBehind: Equatable, Sendable {
    package var loops: Int
    package var users: Int
    /// Since the run's start, when the first of them answered last.
    package var since: Duration

    /// A sentence without its end.
    package var text: String {
        let tenths = Int((self.since / .milliseconds(100)).rounded())
        let of = { (count: Int, word: String) in "\(count) \(word)\(count == 1 ? "" : "s")" }
        return "\(of(self.loops, "loop")) with \(of(self.users, "user")) did not end: a C function does not return; "
            + "what they did after second \(tenths / 10).\(tenths % 10) is not measured"
    }
}

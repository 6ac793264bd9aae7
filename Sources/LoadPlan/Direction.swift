/// A number of users that is set from outside, for a scenario without its own executor.
package struct Direction: Equatable, Sendable {
    /// `idInTest` of the first user; scenarios take turns, so that none runs out of identifiers.
    package let firstUserID: Int
    /// How long a running iteration may go on when its user is taken away; nil for what the scenarios say.
    package let graceful: Duration?

    package init(firstUserID: Int, graceful: Duration? = nil) {
        self.firstUserID = firstUserID
        self.graceful = graceful
    }
}

/// Which iterations of a scenario belong to a share: iteration n to the one that has user n modulo the users' number.
///
/// So no iteration falls to a share without a user, however many shares there are (k6 does the same).
struct IterationShare: Equatable, Sendable {
    private let share: Share
    private let users: Int
    private let ownUsers: Int

    init(_ share: Share, users: Int) {
        self.share = share
        self.users = users
        self.ownUsers = share.count(below: users)
    }

    func count(below limit: Int) -> Int {
        let (rounds, rest) = limit.quotientAndRemainder(dividingBy: self.users)
        return rounds * self.ownUsers + self.share.count(below: rest)
    }

    /// The share must have a user.
    func element(_ index: Int) -> Int {
        let (rounds, user) = index.quotientAndRemainder(dividingBy: self.ownUsers)
        return rounds * self.users + self.share.element(user)
    }
}

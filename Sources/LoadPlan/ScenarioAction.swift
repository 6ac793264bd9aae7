/// The steps for the engine, in this order. Times are since the run's start.
package enum ScenarioAction: Equatable, Sendable {
    /// Call `wake` at this time; replaces an earlier such order of the same machine.
    case wake(at: Duration)
    /// Prepare a user. It has no iteration until `startIteration`, which may follow at once.
    case startUser(ScenarioUser)
    /// Run one iteration; at its end call `iterationEnded`.
    ///
    /// `iterationInTest` counts from 0 and is unique for the scenario over all segments; it has gaps where iterations
    /// were dropped. `due` is when the plan wanted it to start, which is not after now.
    case startIteration(ScenarioUser, iterationInTest: Int, due: Duration)
    /// End the user: at once if it runs no iteration, otherwise at the end of its iteration, which is cancelled after
    /// `graceful`. Call `userStopped` when the user is gone. A later order for the same user replaces this one.
    case stopUser(ScenarioUser, graceful: Duration)
    /// The last `stopUser` no longer holds: the user's iteration is still running, and it goes on afterwards.
    case keepUser(ScenarioUser)
    /// So many iterations found no user, or no time (k6, `dropped_iterations`).
    case iterationsDropped(Int)
    /// All users are gone and no more will come. The last action of a machine.
    case finished
}

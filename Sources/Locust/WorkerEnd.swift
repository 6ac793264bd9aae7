/// Why a worker ends.
package enum WorkerEnd: Equatable, Sendable {
    case quitByMaster
    case interrupted
    /// The script called `abort`.
    case aborted(String)
    /// There is no master, or it is none that this worker could have.
    case noMaster(String)
}

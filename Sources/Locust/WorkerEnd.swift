/// Why a worker ends.
package enum WorkerEnd: Equatable, Sendable {
    case quitByMaster
    case interrupted
    /// The script called `abort`.
    case aborted(String)
    /// There is no master, or this worker cannot work with it.
    case noMaster(String)
}

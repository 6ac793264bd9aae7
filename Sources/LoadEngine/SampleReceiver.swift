import Metrics

/// Takes the samples of all loops.
package protocol SampleReceiver: Sendable {
    /// Called on the loops, which stand still until it returns: it must not wait.
    func receive(_ samples: [Sample])
}

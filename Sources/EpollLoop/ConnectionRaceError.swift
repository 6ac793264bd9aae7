/// None of a host's addresses could be connected to.
package struct ConnectionRaceError: Error {
    /// The error of each address, in the order in which they failed; empty without an address.
    package var attempts: [any Error]
}

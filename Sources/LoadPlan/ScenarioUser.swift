/// A user of a scenario, as its machine and the engine name it to each other.
package struct ScenarioUser: Hashable, Sendable {
    /// From 1, unique over all scenarios and segments of the run (k6, `vu.idInTest`).
    package let idInTest: Int
    /// From 0, the scenario's user on this loop: an index for arrays.
    package let slot: Int

    package init(idInTest: Int, slot: Int) {
        self.idInTest = idInTest
        self.slot = slot
    }
}

/// The functions of a script that a run calls once: before its iterations, after them, and for its summary.
package struct ScriptFunctions: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let setup = Self(rawValue: 1)
    package static let teardown = Self(rawValue: 2)
    package static let handleSummary = Self(rawValue: 4)

    private static let all: [(function: Self, name: String)] = [
        (.setup, "setup"), (.teardown, "teardown"), (.handleSummary, "handleSummary"),
    ]

    /// - Parameter isFunction: whether the script has a global function of a name.
    package init(where isFunction: (String) -> Bool) {
        self = Self(Self.all.filter { isFunction($0.name) }.map(\.function))
    }

    /// In the order of their calls.
    package var names: [String] { Self.all.filter { self.contains($0.function) }.map(\.name) }
}

extension LoadPlan {
    /// The functions that a run of this plan calls, of those that the script has.
    package func called(of functions: ScriptFunctions) -> ScriptFunctions {
        guard self.shape == .scenario else { return [] }
        var called = functions
        if self.noSetup { called.remove(.setup) }
        if self.noTeardown { called.remove(.teardown) }
        return called
    }
}

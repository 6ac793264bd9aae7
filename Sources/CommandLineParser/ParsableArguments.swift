/// A type whose properties are declared with ``Option``, ``Flag``, ``Argument`` and ``OptionGroup``.
package protocol ParsableArguments: SendableMetatype {
    init()

    /// Checks that the values fit together.
    ///
    /// - Throws: `ValidationError`.
    func validate() throws
}

extension ParsableArguments {
    package func validate() throws {}
}

/// The end of a command that has already reported the reason.
package struct ExitCode: Error {
    package static let failure = ExitCode(1)

    package let rawValue: Int32

    package init(_ rawValue: Int32) { self.rawValue = rawValue }
}

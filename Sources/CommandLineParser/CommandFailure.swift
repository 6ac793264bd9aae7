/// The end of a command that did not succeed.
package struct CommandFailure: Error {
    /// `EX_USAGE`.
    static let misuse: Int32 = 64

    package let status: Int32
    /// Nil if the reason is already reported.
    package let message: String?
}

/// A line that a person edits at the end of a terminal's output, above which everything else is written.
package protocol ShownLine: AnyObject, Sendable {
    /// Writes all bytes to the terminal.
    ///
    /// - Returns: `errno` if not all of it was written; else nil.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32?
}

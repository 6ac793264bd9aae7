/// An error in the script's use of the load test, with a text for its author.
package struct LoadTestError: Error {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}

import CommandLineParser
import ProcessSupport

/// Makes an error of the command line of what a value's own reader throws.
package func validating<Value>(_ body: () throws(UsageError) -> Value) throws(ValidationError) -> Value {
    do {
        return try body()
    } catch {
        throw ValidationError(error.description)
    }
}

/// A value that is not valid, or values that do not fit together: the command ends with exit status 64 and its usage.
package struct ValidationError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

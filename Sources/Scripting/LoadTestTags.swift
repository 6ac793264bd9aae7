/// Tags of one sample.
package struct LoadTestTags {
    /// The number of the group, or 0.
    package var group: UInt32
    package var pairs: [(key: String, value: String)]
}

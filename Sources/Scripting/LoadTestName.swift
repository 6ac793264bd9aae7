/// The kinds of names that a script uses again and again, so that the host gives each of them a number.
package enum LoadTestName: Sendable {
    case group, check, time
}

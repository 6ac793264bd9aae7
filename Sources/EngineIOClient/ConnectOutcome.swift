/// How an attempt to connect ended.
package enum ConnectOutcome {
    case opened
    case failed(ConnectionError)
    /// The program gave it up.
    case cutOff
}

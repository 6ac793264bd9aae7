import EngineIO

/// The way of reports to the user.
protocol ReportOutput: AnyObject {
    /// - Returns: false if too much waits to be written now.
    func add(_ report: Report) -> Bool
    func opened(_ opening: Report.Opening)
    func closed(_ reason: DisconnectReason, _ detail: DisconnectDetail)
    /// Shows an answer to a command of the user.
    func note(_ text: String)
    /// Shows a sentence about something that went wrong.
    func problem(_ text: String)
    /// Calls `completion` on any thread once everything is written.
    func finish(_ completion: @escaping @Sendable () -> Void)
}

/// A request to the server of a run's page.
enum WebRequest: Equatable {
    /// The page, with a button that stops the run or without one.
    case page(mayStop: Bool)
    /// Changes after this version of the page, as they come.
    case events(since: Int)
    /// The report of the run so far.
    case report
    /// The end of the run.
    case stop
}

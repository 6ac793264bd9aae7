/// A part of a report's page: one element, with its id.
struct ReportSection: Equatable {
    let id: String
    let html: String
}

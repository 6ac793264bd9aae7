/// The files of a report's page, which are part of the program.
enum ReportStyle {
    static let css = String(decoding: PackageResources.report_css, as: UTF8.self)
}

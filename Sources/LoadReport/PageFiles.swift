/// The files of a report's page, which are part of the program.
enum PageFiles {
    static let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    static let css = String(decoding: PackageResources.report_css, as: UTF8.self)
}

/// The files of a report's page, which are part of the program.
enum PageFiles {
    static let css = Self.text([PackageResources.report_css])
    /// Draws the plots of a report, with crosshair and zoom.
    static let script = Self.strict(Self.drawing + [PackageResources.report_js])

    /// Besides, for a page that follows its run.
    static let liveStyle = Self.text([PackageResources.live_css])
    /// The whole script of such a page.
    static let liveScript = Self.strict(Self.drawing + [PackageResources.patch_js, PackageResources.live_js])

    private static let drawing = [
        PackageResources.numbers_js, PackageResources.values_js, PackageResources.lines_js, PackageResources.plots_js,
        PackageResources.distributions_js,
    ]

    /// Without indentation and without the lines that are comments, because each report has the script.
    private static func strict(_ files: [[UInt8]]) -> String {
        let lines = Self.text(files).split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
        return (["\"use strict\";"] + lines.filter { !$0.hasPrefix("//") }).joined(separator: "\n") + "\n"
    }

    private static func text(_ files: [[UInt8]]) -> String {
        files.map { String(decoding: $0, as: UTF8.self) }.joined()
    }
}

import LoadOutput
import LoadReport
import ProcessSupport

/// The outputs at the end of a test.
struct WorkerSummary: Sendable {
    var isQuiet: Bool
    var hasColor: Bool
    var export: String?

    func show(_ result: RunResult) throws {
        let person = PersonOutput(besides: [self.export])
        if !self.isQuiet {
            try person.show(EndSummary(result, hasColor: self.hasColor && person.isTerminal).text)
        }
        // A reader sees the former test's summary or this one, and no half of it.
        if let path = self.export { try TextFile.replace(path, with: result.export()) }
    }
}

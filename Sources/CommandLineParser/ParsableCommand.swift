/// A command.
package protocol ParsableCommand: ParsableArguments {
    static var configuration: CommandConfiguration { get }

    /// Does the work of the command, after its parameters have been read and validated.
    func run() throws
}

extension ParsableCommand {
    package func run() throws {}
}

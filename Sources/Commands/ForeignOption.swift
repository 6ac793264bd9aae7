/// Options that users know from other load generators, with ours.
enum ForeignOption {
    private static let names = [
        "--html": "--report", "--web-dashboard": "--report", "--users": "--vus", "--clients": "--vus",
        "--run-time": "--duration", "--time": "--duration", "--rate": "--spawn-rate", "--hatch-rate": "--spawn-rate",
        "--host": "--url", "--target": "--url", "--processes": "--threads", "--workers": "--threads",
        "--output": "--out", "--overrides": "--env", "--tags": "--tag", "--only-summary": "--quiet",
        "--headless": "--quiet", "--expect-workers": "--start-at", "--loglevel": "--log-level",
    ]

    /// A message for the first such option of a load run, or nil.
    ///
    /// - Parameter arguments: the name of the command first.
    static func refusal(in arguments: [String]) -> String? {
        guard ["load", "inspect", "report"].contains(arguments.first) else { return nil }
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let name = String(argument.prefix { $0 != "=" })
            if let own = self.names[name] { return "Unknown option '\(name)'. Did you mean '\(own)'?" }
        }
        return nil
    }
}

/// Options of load runs that users know from other load generators, with ours.
enum ForeignOption {
    static let names = [
        "--html": "--report", "--web-dashboard": "--web", "--web-host": "--web", "--web-port": "--web",
        "--users": "--vus", "--clients": "--vus",
        "--run-time": "--duration", "--time": "--duration", "--rate": "--spawn-rate", "--hatch-rate": "--spawn-rate",
        "--host": "--url", "--target": "--url", "--processes": "--threads", "--workers": "--threads",
        "--output": "--out", "--overrides": "--env", "--tags": "--tag", "--only-summary": "--quiet",
        "--headless": "--quiet", "--expect-workers": "--start-at", "--loglevel": "--log-level",
    ]
}

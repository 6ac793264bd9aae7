extension LoadOptions {
    /// Options that a user may well expect at the top of `options`, with what to do instead.
    static let remarks: [String: String] = {
        var remarks: [String: String] = [:]
        for key in ["exec", "startTime", "env", "executor", "weight", "fixedCount"] {
            remarks[key] = "belongs into a scenario: options.scenarios.NAME.\(key)"
        }
        for key in ["rate", "timeUnit", "preAllocatedVUs", "maxVUs", "startVUs", "startRate", "maxDuration"] {
            remarks[key] = "belongs into a scenario whose executor has it: options.scenarios.NAME.\(key)"
        }
        for key in ["executionSegment", "executionSegmentSequence"] {
            remarks[key] = "is given on the command line: --execution-segment, --segment"
        }
        let onlyK6 = [
            "batch", "batchPerHost", "blacklistIPs", "blockHostnames", "cloud", "consoleOutput",
            "discardResponseBodies", "dns", "ext", "hosts", "httpDebug", "insecureSkipTLSVerify", "linger", "localIPs",
            "maxRedirects", "minIterationDuration", "noConnectionReuse", "noCookiesReset", "noUsageReport",
            "noVUConnectionReuse", "paused", "rps", "systemTags", "throw", "tlsAuth", "tlsCipherSuites", "tlsVersion",
            "userAgent",
        ]
        for key in onlyK6 { remarks[key] = "is an option of k6 that has no counterpart here" }
        return remarks
    }()
}

import Logging
import ProcessSupport

extension Logger.Level {
    /// Reads the value of `--log-level`.
    package init(named name: String) throws(UsageError) {
        switch name {
        case "debug": self = .debug
        case "info": self = .info
        case "warning": self = .warning
        case "error": self = .error
        case "off": self = .critical
        default: throw UsageError("unknown log level '\(name)': use debug, info, warning, error or off")
        }
    }
}

import LoadReport
import Scripting

extension RunDescription {
    /// Scheme, host and port of the server that a script connects to, as far as its options name it: that of `--url`,
    /// else of the first of the script's arguments that is a url; empty without one.
    package static func server(of options: ScriptOptions) -> String {
        let own = options.arguments.dropFirst((options.scriptIndex ?? -1) + 1).map {
            String(decoding: $0, as: UTF8.self)
        }
        return self.server(of: [options.defaultURL].compactMap(\.self) + own)
    }
}

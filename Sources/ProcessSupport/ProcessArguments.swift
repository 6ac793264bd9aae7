import Glibc
import JSONText

/// The command line as the system gave it: a Swift String would replace what is not UTF-8.
package enum ProcessArguments {
    package static let all: [[UInt8]] = (0..<Int(CommandLine.argc)).map { index in
        guard let argument = CommandLine.unsafeArgv[index] else { return [] }
        return Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
    }

    /// The bytes that the system passed for a text of the command line, or for a text that begins with a part of it: a
    /// file name need not be valid UTF-8.
    package static func bytes(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard Self.isReplaced(bytes) else { return bytes }
        var best = (known: 0, bytes: bytes)
        for argument in self.all {
            // A value may stand behind its option, joined by `=` or nothing.
            for start in argument.indices {
                let known = Array(String(decoding: argument[start...], as: UTF8.self).utf8)
                guard known.count > best.known, Self.isReplaced(known), bytes.starts(with: known) else { continue }
                best = (known.count, Array(argument[start...] + bytes.dropFirst(known.count)))
            }
        }
        return best.bytes
    }

    /// Whether something in it was not UTF-8.
    private static func isReplaced(_ bytes: [UInt8]) -> Bool { bytes.firstOccurrence(of: "\u{FFFD}".utf8) != nil }

    /// A file's name for the system, with the zero at its end.
    package static func path(_ text: String) -> [CChar] { self.bytes(text).map { CChar(bitPattern: $0) } + [0] }
}

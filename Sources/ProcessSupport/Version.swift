/// The one place of the program's version.
package enum Version {
    package static let number = "0.1.0"
    package static let text = "eio-lua \(number) (Lua 5.4, Engine.IO 4)"
}

import JSONText

/// The files of a new folder with scripts: a first script, and what an editor and luacheck need for it.
package struct StarterFiles {
    /// A text, with a path in the folder.
    package struct File: Sendable {
        package let path: String
        package let text: String
    }

    /// The kind of the first script.
    package enum Script: Sendable { case bot, scenario }

    /// The protocol of the server.
    package enum ServerProtocol: Sendable { case engineIO, socketIO }

    /// The url that the scripts have in the repository.
    package static let defaultURL = "http://localhost:5000"

    /// All files; the first one is the script.
    package let files: [File]

    /// - Parameter url: the server that the script connects to without an argument.
    package init(_ script: Script, for serverProtocol: ServerProtocol, url: String = Self.defaultURL) {
        let (name, bytes) =
            switch (script, serverProtocol) {
            case (.bot, .engineIO): ("bot.lua", PackageResources.bot_engineio_lua)
            case (.bot, .socketIO): ("bot.lua", PackageResources.bot_socketio_lua)
            case (.scenario, .engineIO): ("scenario.lua", PackageResources.scenario_engineio_lua)
            case (.scenario, .socketIO): ("scenario.lua", PackageResources.scenario_socketio_lua)
            }
        let others = [
            (".luarc.json", PackageResources.luarc_json), (".luacheckrc", PackageResources.luacheckrc),
            ("definitions/eio.lua", PackageResources.eio_lua),
            ("definitions/engineio.lua", PackageResources.engineio_lua),
            ("definitions/socketio.lua", PackageResources.socketio_lua),
            ("definitions/loadtest.lua", PackageResources.loadtest_lua),
        ]
        var text = String(decoding: bytes, as: UTF8.self)
        // Each script has it once.
        if let place = text.utf8.firstOccurrence(of: Self.literal(Self.defaultURL).utf8) {
            text.replaceSubrange(place, with: Self.literal(url))
        }
        self.files =
            [File(path: name, text: text)]
            + others.map { path, bytes in File(path: path, text: String(decoding: bytes, as: UTF8.self)) }
    }

    /// - Parameter text: a url, which has no control characters.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { literal += "\\" }
            literal.unicodeScalars.append(scalar)
        }
        return literal + "\""
    }
}

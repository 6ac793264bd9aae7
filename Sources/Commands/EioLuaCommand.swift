import ArgumentParser

/// The program: `eio-lua bot.lua` is `eio-lua run bot.lua`.
public struct EioLuaCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "eio-lua",
        abstract: "Runs Engine.IO clients that are scripted in Lua.",
        usage: """
            eio-lua [run] [options] [script.lua [arguments ...]]
            eio-lua serve [options]
            """,
        version: Version.text,
        subcommands: [RunCommand.self, ServeCommand.self],
        defaultSubcommand: RunCommand.self)

    public init() {}
}

enum Version {
    static let number = "0.1.0"
    static let text = "eio-lua \(number) (Lua 5.4, Engine.IO 4)"
}

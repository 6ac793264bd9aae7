import ArgumentParser
import EngineIOServer
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `eio-lua serve`: the embedded server, to try scripts against.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs an Engine.IO server on loopback, to try scripts against.",
        discussion: """
            It speaks polling, websocket and the upgrade between them, prints the address it listens at, and answers \
            GET /stats by its counters as JSON. It ends by Ctrl-C.
            """)

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 5000

    @Option(help: ArgumentHelp("What becomes of messages: echo, sink, flood or broadcast.", valueName: "mode"))
    var mode = ServerConfiguration.Mode.echo

    @Option(help: "Seconds between two pings.")
    var pingInterval = 25.0

    @Option(help: "Seconds that a client may take to answer a ping.")
    var pingTimeout = 20.0

    @Option(help: "The most bytes that a client may send at once.")
    var maxPayload = 1_000_000

    @Option(help: "Bytes of each message in mode flood.")
    var size = 32

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("--port must be from 0 to 65535") }
        // The milliseconds go into the open packet; a client takes a day at most.
        for (name, value) in [("--ping-interval", self.pingInterval), ("--ping-timeout", self.pingTimeout)]
        where !(value >= 0.001 && value <= 86400) {
            throw ValidationError("\(name) must be from 0.001 to 86400 seconds")
        }
        guard self.maxPayload > 0 else { throw ValidationError("--max-payload must be more than 0") }
        guard (0...1_000_000).contains(self.size) else { throw ValidationError("--size must be from 0 to 1000000") }
    }

    func run() throws {
        var configuration = ServerConfiguration()
        configuration.port = self.port
        configuration.mode = self.mode
        configuration.pingInterval = .nanoseconds(Int64(self.pingInterval * 1e9))
        configuration.pingTimeout = .nanoseconds(Int64(self.pingTimeout * 1e9))
        configuration.maxPayload = self.maxPayload
        configuration.messageSize = self.size
        raiseDescriptorLimit()
        let server: EngineIOServer
        do {
            server = try EngineIOServer.start(configuration, group: MultiThreadedEventLoopGroup.singleton).wait()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            FileDescriptorOutput.standardError.write("eio-lua: cannot listen at port \(self.port): \(reason)\n")
            throw ExitCode.failure
        }
        Signals.install(interrupter: { _ in }) { signal in
            try? server.shutdown().wait()
            Glibc.exit(128 + signal)
        }
        FileDescriptorOutput(descriptor: STDOUT_FILENO).write("listening on http://127.0.0.1:\(server.port)\n")
        while true { pause() }
    }
}

extension ServerConfiguration.Mode: ExpressibleByArgument {}

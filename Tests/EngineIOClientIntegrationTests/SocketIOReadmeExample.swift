import SocketIO
import SocketIOClient

/// The README's example of Socket.IO, line by line: ``ReadmeTests`` sees to it that both stay the same.
func runSocketIOReadmeExample(at url: String, print: (String, [SocketIOValue]) -> Void) async throws {
    // README begins
    let client = SocketIOClient()
    try await client.connect(to: url)  // "http://localhost:5000"
    let answer = try await client.call("message-with-ack", "hello", 42)
    print("the server answered", answer)
    try await client.emit("message", ["name": "bot"])
    for await case .event(let event) in client.events where event.name == "message-back" {
        print("received", event.arguments)
        break
    }
    await client.disconnect()
    // README ends
}

import EngineIOClient

/// The README's example, line by line: ``ReadmeTests`` sees to it that both stay the same.
func runReadmeExample(at url: String, print: (String, Message) -> Void) async throws {
    // README begins
    let client = EngineIOClient()
    try await client.connect(to: url)  // "http://localhost:5000"
    try await client.send("hello")
    for await event in client.events {
        if case .message(let message) = event {
            print("received", message)
            break
        }
    }
    await client.disconnect()
    // README ends
}

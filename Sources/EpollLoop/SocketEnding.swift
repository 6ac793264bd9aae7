/// Goes through the pipeline, as a user event, when the channel is about to close its socket.
package struct SocketEnding: Sendable {}

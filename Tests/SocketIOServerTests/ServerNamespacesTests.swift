import SocketIO
import Testing

@testable import SocketIOServer

/// The meaning of a client's packets, by the rules of socket.io's server.
struct ServerNamespacesTests {
    private func received(_ text: String, _ namespaces: ServerNamespaces) throws -> ServerNamespaces.Action {
        var text = text
        return try text.withUTF8 {
            let packet = try ReceivedSocketIOPacket(text: UnsafeRawBufferPointer($0), maximumAttachments: 10)
            return try namespaces.received(packet)
        }
    }

    private func problem(_ text: String, _ namespaces: ServerNamespaces) -> String? {
        do {
            _ = try self.received(text, namespaces)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func namespacesConnectAndLeave() throws {
        var namespaces = ServerNamespaces(["/", "/custom"].map { Array($0.utf8) })
        #expect(try self.received("0", namespaces) == .connect(0))
        #expect(try self.received(#"0/custom,{"token":"x"}"#, namespaces) == .connect(1))
        #expect(try self.received("0/custom?token=x,", namespaces) == .connect(1))
        #expect(try self.received("0/random", namespaces) == .unknown)
        #expect(try self.received("0/custom/", namespaces) == .unknown)
        namespaces.connected(1, sid: "s")
        #expect(namespaces.sids == [nil, "s"])
        #expect(try self.received("0", namespaces) == .connect(0))
        #expect(try self.received(#"2/custom,["a"]"#, namespaces) == .event(1))
        #expect(try self.received(#"2/custom,7["a"]"#, namespaces) == .event(1))
        #expect(try self.received(#"51-/custom,["a"]"#, namespaces) == .event(1))
        #expect(try self.received("3/custom,7[]", namespaces) == .ack(1))
        #expect(try self.received("61-/custom,7[]", namespaces) == .ack(1))
        #expect(try self.received("1/custom,", namespaces) == .left(1))
        namespaces.left(1)
        #expect(namespaces.sids == [nil, nil])
        #expect(try self.received("0/custom,", namespaces) == .connect(1))
    }

    @Test func packetsThatEndTheSession() throws {
        var namespaces = ServerNamespaces(["/", "/custom"].map { Array($0.utf8) })
        let notConnected = "a packet for a namespace that is not connected"
        for text in [#"2["a"]"#, "30[]", "1", #"2/custom,["a"]"#, #"2/random,["a"]"#, "1/random,", #"2/custom["a"]"#] {
            #expect(self.problem(text, namespaces) == notConnected)
        }
        namespaces.connected(0, sid: "s")
        #expect(self.problem("0", namespaces) == "a CONNECT packet for a namespace that is connected")
        #expect(self.problem("4{}", namespaces) == "a CONNECT_ERROR packet, which only servers send")
        #expect(self.problem(#"2/custom,["a"]"#, namespaces) == notConnected)
        namespaces.left(0)
        #expect(self.problem("1", namespaces) == notConnected)
        #expect(self.problem("30[]", namespaces) == notConnected)
    }
}

import EngineIO
import Glibc
import JSONText
import NIOCore

/// One fuzz target for each parser that reads bytes of others. Besides crashes and sanitizers each checks a property of
/// the parser, so that a wrong result is found, too. Built and run by scripts/fuzz.sh.
@MainActor let targets: [String: (UnsafeRawBufferPointer) -> Void] = [
    "frames": fuzzFrames, "payloads": fuzzPayload, "http": fuzzHTTP, "urls": fuzzURL, "cookies": fuzzCookies,
    "json": fuzzJSON, "packets": fuzzPackets, "server-arguments": fuzzServerArguments, "trace": fuzzTrace,
]

@MainActor private let target: (UnsafeRawBufferPointer) -> Void = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = targets[name] else { fatalError("FUZZ_TARGET is not a target: \(name)") }
    return target
}()

@MainActor @_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    target(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

/// Frames as they come one after another, read by both sides. Each header that is read is the one that would be
/// written.
private func fuzzFrames(_ input: UnsafeRawBufferPointer) {
    // The reader may give the memory of a fragment back to the system.
    for side in [WebSocketFrameReader.Side.client, .server] {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, input.count), alignment: 1)
        defer { copy.deallocate() }
        copy.copyMemory(from: input)
        readFrames(UnsafeRawBufferPointer(rebasing: copy[..<input.count]), side)
    }
    var rest = input
    while let header = try? WebSocketFrameHeader.decode(rest) {
        precondition((2...14).contains(header.length) && header.payloadLength >= 0)
        let available = rest.dropFirst(header.length)
        guard available.count >= header.payloadLength else { return }
        let payload = UnsafeRawBufferPointer(rebasing: available.prefix(header.payloadLength))
        if header.isFinal {
            let plain = UnsafeMutableRawBufferPointer.allocate(byteCount: payload.count + 1, alignment: 1)
            defer { plain.deallocate() }
            guard let base = plain.baseAddress else { return }
            copyMasked(payload, to: base, mask: header.mask ?? 0)
            var buffer = ByteBuffer()
            buffer.writeWebSocketFrame(
                header.opcode, payload: UnsafeRawBufferPointer(start: base, count: payload.count), mask: header.mask)
            precondition(Array(buffer.readableBytesView) == Array(rest.prefix(header.length + payload.count)))
        }
        rest = UnsafeRawBufferPointer(rebasing: available.dropFirst(header.payloadLength))
    }
}

private func readFrames(_ input: UnsafeRawBufferPointer, _ side: WebSocketFrameReader.Side) {
    var (reader, rest) = (WebSocketFrameReader(side: side, maximumMessageSize: 1000), input)
    while true {
        let short = side == .client ? reader.shortMessage(rest, at: 0) : nil
        guard let (event, length) = try? reader.next(rest) else { return precondition(short == nil) }
        switch event {
        case .message(let opcode, let payload):
            precondition(payload.bytes.count <= 1001)
            if let short {
                precondition(
                    short.opcode == opcode && short.start == length - payload.bytes.count && short.end == length)
            }
        case .joined(_, let message):
            precondition(message.readableBytes <= 1001)
        case .fragment: break
        case .close(let payload): precondition(payload.bytes.count <= 125)
        case .ping(let payload), .pong(let payload): precondition(payload.bytes.count <= 125)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
    }
}

/// The packets of a body and its separators are the whole body; an open packet is read as a handshake.
private func fuzzPayload(_ input: UnsafeRawBufferPointer) {
    var reader = PayloadReader(input)
    var packets: [[UInt8]] = []
    while let bytes = reader.nextBytes() { packets.append(Array(bytes)) }
    precondition(Array(packets.joined(separator: [PayloadReader.separator])) == Array(input))
    for packet in packets {
        packet.withUnsafeBytes { _ = try? ReceivedPacket($0) }
        packet.withUnsafeBytes { _ = try? ReceivedPacket(checkingText: $0) }
        if packet.first == UInt8(ascii: "0"), let handshake = try? Handshake(openPacketData: packet.dropFirst()) {
            precondition(!handshake.sid.isEmpty && handshake.pingInterval >= 0 && handshake.pingTimeout >= 0)
        }
    }
}

private struct Answer: Equatable {
    var heads: [String] = []
    var body: [UInt8] = []
    var hasEnded = false
    var error: String?
}

/// An answer is the same in one piece and in pieces of any size.
private func fuzzHTTP(_ input: UnsafeRawBufferPointer) {
    precondition(read(input, step: input.count + 1) == read(input, step: 1 + Int(input.first ?? 0) % 7))
}

private func read(_ input: UnsafeRawBufferPointer, step: Int) -> Answer {
    var (reader, answer) = (HTTPAnswerReader(), Answer())
    var start = 0
    while start < input.count {
        let end = min(start + step, input.count)
        var piece = UnsafeRawBufferPointer(rebasing: input[start..<end])
        start = end
        do throws(HTTPAnswerError) {
            while let event = try reader.next(&piece) {
                switch event {
                case .head(let head):
                    precondition((100..<1000).contains(head.status) && head.length.map { $0 >= 0 } != false)
                    answer.heads.append("\(head.status) \(head.headers) \(head.cookies) \(head.isKeepAlive)")
                case .body(let bytes): answer.body += bytes
                case .end: answer.hasEnded = true
                }
            }
        } catch {
            answer.error = error.description
            return answer
        }
    }
    return answer
}

/// The url of a server, a path of it and a redirect. The target of a request fits in its first line.
private func fuzzURL(_ input: UnsafeRawBufferPointer) {
    let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    let texts = lines.map { String(decoding: $0, as: UTF8.self) }
    guard let url = try? ServerURL(texts[0]) else { return }
    precondition(!url.host.isEmpty && (0...65535).contains(url.port))
    let path = texts.count > 1 ? texts[1] : "engine.io"
    let target = url.requestTarget(engineIOPath: path, transport: "polling", sid: "a b", timestamp: "1")
    precondition(target.utf8.first == UInt8(ascii: "/"))
    precondition(target.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    if texts.count > 2 { _ = try? url.resolve(location: texts[2], engineIOPath: path) }
}

/// Set-Cookie headers, a line each. A cookie that is stored is sent as one line.
private func fuzzCookies(_ input: UnsafeRawBufferPointer) {
    guard let url = try? ServerURL("https://chat.example.com") else { return }
    let origin = CookieOrigin(url, path: "/engine.io/x")
    var jar = CookieJar()
    for line in input.split(separator: 0x0A) { _ = jar.store(setCookie: Array(line), from: origin, now: 1_000_000_000) }
    for now in [1_000_000_000, 2_000_000_000, 4_000_000_000] as [Int64] {
        let header = jar.header(for: origin, now: now, merging: Array("own=1".utf8)) ?? []
        precondition(header.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
    }
}

/// A value that was read is written as a text that gives the same value.
private func fuzzJSON(_ input: UnsafeRawBufferPointer) {
    _ = JSON(parsing: input, leniently: true)
    guard let value = JSON(parsing: input) else { return }
    let text = value.text()
    // But for -0, which is read as 0.
    let again = JSON(parsing: text.utf8)?.text()
    precondition(again != nil && again.flatMap { JSON(parsing: $0.utf8) }?.text() == again)
    _ = value.text(indent: 2, isForHTML: false)
}

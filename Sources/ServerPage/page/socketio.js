// A client of Socket.IO 5 in one namespace. `events` has the functions `open(fields)` once the namespace is connected,
// `event(name, text, asksForAck)` and `ack(id, text)` with the arguments as JSON, and `close(reason)`.
class SocketIOClient {
  constructor(path, namespace, auth, events) {
    this.events = events;
    this.prefix = namespace === "/" ? "" : namespace + ",";
    this.lastID = -1;
    // The packet that waits for its attachments.
    this.unfinished = null;
    this.engine = new EngineIOClient(path, {
      open: () => this.engine.send("0" + this.prefix + (auth === undefined ? "" : JSON.stringify(auth))),
      message: (data) => this.received(data),
      close: (reason) => events.close(reason),
    });
  }

  // Sends an event; returns the id of its ack, if it asks for one.
  emit(name, values, asksForAck) {
    const id = asksForAck ? ++this.lastID : undefined;
    this.engine.send("2" + this.prefix + (id ?? "") + JSON.stringify([name, ...values]));
    return id;
  }

  close() {
    if (this.engine.isOpen) this.engine.send("1" + this.prefix);
    this.engine.close();
  }

  received(data) {
    if (typeof data !== "string") return this.attached(data);
    let packet;
    try {
      packet = SocketIOClient.packet(data);
    } catch {
      return this.engine.end("the server has sent an invalid packet: " + data.slice(0, 80));
    }
    if (packet.count > 0) {
      this.unfinished = packet;
      return undefined;
    }
    return this.complete(packet);
  }

  attached(bytes) {
    const packet = this.unfinished;
    if (packet === null) return this.engine.end("the server has sent bytes that belong to no packet");
    packet.attachments.push(bytes);
    if (packet.attachments.length < packet.count) return undefined;
    this.unfinished = null;
    return this.complete(packet);
  }

  complete(packet) {
    const { type, id, payload } = packet;
    switch (type) {
      case 0: return this.events.open(payload ?? {});
      case 1: return this.engine.end("the server has disconnected the namespace");
      case 2:
      case 5:
        this.events.event(String(payload[0]), SocketIOClient.shown(packet, payload.slice(1)), id !== undefined);
        if (id !== undefined) this.engine.send(`3${this.prefix}${id}[]`);
        return undefined;
      case 3:
      case 6: return this.events.ack(id, SocketIOClient.shown(packet, payload));
      default: return this.engine.end("the namespace is refused: " + (payload?.message ?? JSON.stringify(payload)));
    }
  }

  // Reads a packet: its type, the number of attachments, the namespace, the id and the payload.
  static packet(text) {
    const parts = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d+)?/.exec(text);
    const type = Number(parts[1]);
    const rest = text.slice(parts[0].length);
    const payload = rest === "" ? undefined : JSON.parse(rest);
    if ([2, 3, 5, 6].includes(type) && !Array.isArray(payload)) throw new SyntaxError("an array is missing");
    return { type, count: Number(parts[2] ?? 0), id: parts[4], payload, attachments: [] };
  }

  // Values as JSON without the brackets around them, with bytes as text.
  static shown(packet, values) {
    const attachment = (value) => (value?._placeholder === true ? packet.attachments[value.num] : undefined);
    const text = JSON.stringify(values, (_, value) => {
      const bytes = attachment(value);
      return bytes instanceof Uint8Array ? `<${bytesText(bytes)}>` : value;
    });
    return text.slice(1, -1);
  }
}

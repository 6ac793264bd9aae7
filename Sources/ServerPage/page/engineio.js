// A client of Engine.IO 4 over a websocket. `events` has the functions `open(fields)` with those of the open packet,
// `message(data)` with a string or bytes (Uint8Array), and `close(reason)`, which is called once.
class EngineIOClient {
  constructor(path, events) {
    this.events = events;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}${path}?EIO=4&transport=websocket`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (event) => this.received(event.data);
    this.socket.onclose = (event) => {
      const code = event.code === 1005 ? "" : ` (${event.code})`;
      this.end(this.isOpen ? `the connection was closed${code}` : `the server cannot be reached${code}`);
    };
    this.isOpen = false;
    this.isOver = false;
  }

  // Sends a string or bytes.
  send(data) {
    this.socket.send(typeof data === "string" ? "4" + data : data);
  }

  close() {
    if (this.isOpen) this.socket.send("1");
    this.end("closed by this page");
  }

  received(data) {
    if (this.isOver) return;
    if (typeof data !== "string") return this.events.message(new Uint8Array(data));
    switch (data[0]) {
      case "0": return this.opened(data.slice(1));
      case "1": return this.end("the server has closed the session");
      case "2":
        this.socket.send("3" + data.slice(1));
        return this.expectPing();
      case "4": return this.events.message(data.slice(1));
      case "6": return undefined;
      default: return this.end("the server has sent an unknown packet");
    }
  }

  opened(text) {
    let fields;
    try {
      fields = JSON.parse(text);
    } catch {
      return this.end("the server has sent an invalid open packet");
    }
    this.isOpen = true;
    this.patience = fields.pingInterval + fields.pingTimeout;
    this.expectPing();
    return this.events.open(fields);
  }

  expectPing() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end("the server has sent no ping in time"), this.patience);
  }

  end(reason) {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.close();
    this.events.close(reason);
  }
}

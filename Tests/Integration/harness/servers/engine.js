"use strict";
// A small server of Engine.IO 4 for tests: polling, websocket, and the upgrade from one to the other.

const { EventEmitter } = require("events");
const http = require("http");
const { randomBytes } = require("crypto");
const { WebSocketServer } = require("ws");

const SEPARATOR = "\x1e";
const OPTIONS = { pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 };

// The packets of a session. A text packet is a string with its type, a binary message is a Buffer.
// Events: "message" (a string or a Buffer), "close".
class Session extends EventEmitter {
  constructor() {
    super();
    this.sid = randomBytes(15).toString("base64url");
    this.isOpen = true;
    this.queue = [];
    this.poll = null;
    this.socket = null;
    this.timer = null;
  }

  open(upgrades) {
    this.write("0" + JSON.stringify({ sid: this.sid, upgrades, ...OPTIONS }));
    this.waitToPing();
  }

  send(message) {
    this.write(typeof message === "string" ? "4" + message : message);
  }

  write(packet) {
    if (this.isOpen) {
      this.queue.push(packet);
      this.flush();
    }
  }

  flush() {
    if (this.socket) {
      this.queue.splice(0).forEach((packet) => this.socket.send(packet));
    } else if (this.poll && this.queue.length > 0) {
      const packets = this.queue.splice(0);
      this.answerPoll(packets.map((packet) => (typeof packet === "string" ? packet : "b" + packet.toString("base64"))));
    }
  }

  answerPoll(packets) {
    answer(this.poll, 200, packets.join(SEPARATOR));
    this.poll = null;
  }

  receive(packet) {
    if (typeof packet !== "string") {
      this.emit("message", packet);
    } else if (packet[0] === "4") {
      this.emit("message", packet.slice(1));
    } else if (packet[0] === "3") {
      this.waitToPing();
    } else {
      this.end();
    }
  }

  waitToPing() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.write("2");
      this.timer = setTimeout(() => this.end(), OPTIONS.pingTimeout);
    }, OPTIONS.pingInterval);
  }

  // Ends the session from this side.
  close() {
    if (!this.socket) {
      this.write("1");
    }
    this.end();
  }

  end() {
    if (this.isOpen) {
      this.isOpen = false;
      clearTimeout(this.timer);
      if (this.socket) {
        this.socket.close();
      } else if (this.poll) {
        this.answerPoll(["6"]);
      }
      this.emit("close");
    }
  }

  useSocket(socket) {
    this.socket = socket;
    this.flush();
  }
}

// serve({path, port, host, onSession, onListening}): `onSession` gets each new session before its first packet.
function serve({ path, port, host, onSession, onListening }) {
  const sessions = new Map();

  function begin(upgrades, prepare) {
    const session = new Session();
    sessions.set(session.sid, session);
    // A poll that waits for the last packets of the session finds it for a moment.
    session.on("close", () => setTimeout(() => sessions.delete(session.sid), session.socket ? 0 : 1000).unref());
    prepare(session);
    onSession(session);
    session.open(upgrades);
  }

  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    const sid = url.searchParams.get("sid");
    const session = sessions.get(sid);
    if (url.pathname !== path) {
      answer(response, 404, "Not found");
    } else if (url.searchParams.get("EIO") !== "4") {
      answer(response, 400, '{"code":5,"message":"Unsupported protocol version"}');
    } else if (sid === null && request.method === "GET") {
      begin(["websocket"], (session) => (session.poll = response));
    } else if (!session) {
      answer(response, 400, '{"code":1,"message":"Session ID unknown"}');
    } else if (request.method === "POST") {
      readBody(request, (body) => {
        answer(response, 200, "ok");
        for (const packet of body.split(SEPARATOR)) {
          session.receive(packet[0] === "b" ? Buffer.from(packet.slice(1), "base64") : packet);
        }
      });
    } else {
      session.poll = response;
      session.flush();
    }
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: OPTIONS.maxPayload });
  server.on("upgrade", (request, connection, head) => {
    const sid = new URL(request.url, "http://localhost").searchParams.get("sid");
    sockets.handleUpgrade(request, connection, head, (socket) => {
      if (sid === null) {
        begin([], (session) => {
          receiveBy(socket, session);
          session.useSocket(socket);
        });
      } else if (sessions.has(sid)) {
        probe(socket, sessions.get(sid));
      } else {
        socket.close();
      }
    });
  });

  server.listen(port, host, () => onListening(server.address().port));
}

function receiveBy(socket, session) {
  socket.on("message", (data, isBinary) => session.receive(isBinary ? data : data.toString()));
  socket.on("close", () => session.end());
}

// The upgrade: a probe and its answer by websocket, the end of the poll that waits, then everything by websocket.
function probe(socket, session) {
  socket.once("message", () => {
    socket.send("3probe");
    if (session.poll) {
      session.answerPoll(["6"]);
    }
    socket.once("message", () => {
      receiveBy(socket, session);
      session.useSocket(socket);
    });
  });
}

function readBody(request, then) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => then(Buffer.concat(chunks).toString()));
}

function answer(response, status, text) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=UTF-8" });
  response.end(text);
}

module.exports = { serve };

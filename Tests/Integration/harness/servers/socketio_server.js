"use strict";
// A Socket.IO server with the official encoder and decoder, and the rules of the official server: whatever is wrong
// closes the connection. Its events are those of socketio_application.py. Prints "listening PORT".

const { randomBytes } = require("crypto");
const { Decoder, Encoder, PacketType } = require("socket.io-parser");
const engine = require("./engine.js");

const encoder = new Encoder();
const rooms = new Map(); // The sockets in each room, by its namespace and name.
const gone = { "/": 0, "/chat": 0, "/private": 0, "/moderators": 0 };

// A client in one namespace.
class Socket {
  constructor(session, nsp) {
    this.session = session;
    this.nsp = nsp;
    this.sid = randomBytes(12).toString("base64url");
    this.nextId = 0;
    this.acks = new Map();
  }

  packet(type, data, id) {
    const packet = { type, nsp: this.nsp };
    if (data !== undefined) packet.data = data;
    if (id !== undefined) packet.id = id;
    encoder.encode(packet).forEach((part) => this.session.send(part));
  }

  emit(...data) {
    this.packet(PacketType.EVENT, data);
  }

  ask(onAnswer, ...data) {
    this.acks.set(this.nextId, onAnswer);
    this.packet(PacketType.EVENT, data, this.nextId++);
  }

  // The members of a room of this namespace.
  room(name) {
    const key = `${this.nsp} ${name}`;
    if (!rooms.has(key)) rooms.set(key, new Set());
    return rooms.get(key);
  }

  left() {
    gone[this.nsp] += 1;
    rooms.forEach((members) => members.delete(this));
  }
}

// The events of each namespace: the socket, what to acknowledge with, and the arguments.
const EVENTS = {
  echo: (socket, ack, ...values) => socket.emit("echoed", ...values),
  ack: (socket, ack, ...values) => ack(...values),
  message: (socket, ack, ...values) => socket.emit("message-back", ...values),
  "message-with-ack": (socket, ack, ...values) => ack(...values),
  burst(socket, ack, count) {
    for (let number = 0; number < count; number++) socket.emit("burst", number);
    ack(count);
  },
  where: (socket, ack) => ack("javascript"),
  question: (socket, ack, ...values) =>
    socket.ask((...answer) => socket.emit("answer", ...answer), "question", ...values),
  ask: (...all) => EVENTS.question(...all),
  silence() {},
  join: (socket, ack, room) => ack(socket.room(room).add(socket).size),
  leave: (socket, ack, room) => ack(socket.room(room).delete(socket)),
  say(socket, ack, room, ...values) {
    const others = [...socket.room(room)].filter((member) => member !== socket);
    others.forEach((member) => member.emit("said", room, socket.sid, ...values));
    ack(others.length);
  },
  gone: (socket, ack) => ack(gone),
  kick(socket) {
    socket.packet(PacketType.DISCONNECT);
    socket.session.leave(socket);
  },
  drop: (socket) => socket.session.close(),
};

const REFUSED = { message: "not authorized", data: { code: 7 } };

// Whether a client may join, and what the namespace does then.
const NAMESPACES = {
  "/": {
    refuses: (auth) => auth.token === "bad",
    joined: (socket, auth) => socket.emit("hello", { auth: Object.keys(auth).length > 0 ? auth : null }),
  },
  "/chat": { refuses: () => false, joined() {} },
  "/moderators": { refuses: () => false, joined() {} },
  "/private": { refuses: (auth) => auth.token !== "good", joined() {} },
};

function accept(session) {
  const sockets = new Map();
  const decoder = new Decoder();

  session.leave = (socket) => {
    sockets.delete(socket.nsp);
    socket.left();
  };

  function connect(socket, auth) {
    const namespace = NAMESPACES[socket.nsp];
    if (!namespace) {
      socket.packet(PacketType.CONNECT_ERROR, { message: "Invalid namespace" });
    } else if (namespace.refuses(auth)) {
      socket.packet(PacketType.CONNECT_ERROR, REFUSED);
    } else {
      sockets.set(socket.nsp, socket);
      socket.packet(PacketType.CONNECT, { sid: socket.sid });
      namespace.joined(socket, auth);
    }
  }

  function handle(socket, packet) {
    if (packet.type === PacketType.DISCONNECT) {
      session.leave(socket);
    } else if (packet.type === PacketType.EVENT || packet.type === PacketType.BINARY_EVENT) {
      const [name, ...values] = packet.data;
      const ack = (...answer) => {
        if (packet.id !== undefined) socket.packet(PacketType.ACK, answer, packet.id);
      };
      if (EVENTS[name]) EVENTS[name](socket, ack, ...values);
    } else if (socket.acks.has(packet.id)) {
      const onAnswer = socket.acks.get(packet.id);
      socket.acks.delete(packet.id);
      onAnswer(...packet.data);
    }
  }

  decoder.on("decoded", (packet) => {
    const socket = sockets.get(packet.nsp);
    if (packet.type === PacketType.CONNECT && !socket) {
      connect(new Socket(session, packet.nsp), packet.data || {});
    } else if (socket && packet.type !== PacketType.CONNECT && packet.type !== PacketType.CONNECT_ERROR) {
      handle(socket, packet);
    } else {
      session.close();
    }
  });

  session.on("message", (data) => {
    try {
      decoder.add(data);
    } catch (error) {
      session.close();
    }
  });
  session.on("close", () => sockets.forEach((socket) => session.leave(socket)));
}

const options = require("util").parseArgs({ options: { port: { type: "string", default: "0" } } }).values;
engine.serve({
  path: "/socket.io/",
  host: "127.0.0.1",
  port: Number(options.port),
  onSession: accept,
  onListening: (port) => console.log(`listening ${port}`),
});

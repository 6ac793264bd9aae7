// The official Socket.IO client in node, whose global WebSocket is Debian's: ping-pong with an event.
//     node socketio.js --url URL --clients N --window N --seconds S ...
// SOCKETIO_CLIENT is the path of its bundle.

"use strict";

globalThis.WebSocket = require("ws");
const { io } = require(process.env.SOCKETIO_CLIENT);

const options = {};
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].slice(2)] = process.argv[i + 1];
const clients = Number(options.clients);
const windowSize = Number(options.window);
const seconds = Number(options.seconds);

// The same object as in common.py.
const object = {
  id: 1234567890,
  kind: "chat",
  room: "general",
  sender: { name: "Ada Lovelace", role: "moderator" },
  text: "The engine weaves patterns.",
  tags: ["history", "looms", "notes"],
  score: 4.5,
  reply_to: null,
};

let running = false;
let operations = 0;
let opened = 0;
const sockets = [];

function finish(began, cpuBefore) {
  running = false;
  const elapsed = Number(process.hrtime.bigint() - began) / 1e9;
  const cpu = process.cpuUsage(cpuBefore);
  const result = {
    mode: options.mode,
    clients,
    seconds: elapsed,
    operations,
    rate: operations / elapsed,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    errors: 0,
  };
  // At once: closing the clients is not measured.
  process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
}

function start() {
  running = true;
  const began = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  for (const socket of sockets) {
    for (let i = 0; i < windowSize; i++) socket.emit("echo", object);
  }
  setTimeout(() => finish(began, cpuBefore), seconds * 1000);
}

for (let i = 0; i < clients; i++) {
  const socket = io(options.url, { transports: ["websocket"], forceNew: true, reconnection: false });
  socket.on("echo", (data) => {
    if (!running) return;
    operations++;
    socket.emit("echo", data);
  });
  socket.on("connect_error", (error) => {
    console.error(error);
    process.exit(1);
  });
  socket.on("connect", () => {
    opened++;
    if (opened === clients) start();
  });
  sockets.push(socket);
}

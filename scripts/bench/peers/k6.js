// A k6 script that plays ping-pong: k6 has no Engine.IO, so its packets are typed by hand.
// Settings come as environment variables: URL, MODE (pingpong or recv), CLIENTS, WINDOW, SIZE, SECONDS.

import { Counter, Trend } from "k6/metrics";
import ws from "k6/ws";

const mode = __ENV.MODE;
const clients = Number(__ENV.CLIENTS);
const windowSize = Number(__ENV.WINDOW);
const seconds = Number(__ENV.SECONDS);
const message = "4" + "x".repeat(Number(__ENV.SIZE));
const url = __ENV.URL.replace(/^http/, "ws") + "/engine.io/?EIO=4&transport=websocket";

const operations = new Counter("eio_operations");
const latency = new Trend("eio_latency", true);

export const options = {
  scenarios: {
    clients: { executor: "per-vu-iterations", vus: clients, iterations: 1, maxDuration: `${seconds + 60}s` },
  },
  summaryTrendStats: ["med", "p(99)"],
};

export default function () {
  ws.connect(url, {}, (socket) => {
    const sentAt = new Array(windowSize);
    let sent = 0;
    let received = 0;
    let deadline = Infinity;

    function send() {
      sentAt[sent++ % windowSize] = Date.now();
      socket.send(message);
    }

    function handleOpen() {
      deadline = Date.now() + seconds * 1000;
      socket.setTimeout(() => socket.close(), seconds * 1000);
      if (mode === "pingpong") {
        for (let i = 0; i < windowSize; i++) send();
      }
    }

    function handleMessage() {
      operations.add(1);
      if (mode !== "pingpong") return;
      const now = Date.now();
      latency.add(now - sentAt[received++ % windowSize]);
      if (now < deadline) send();
    }

    socket.on("message", (packet) => {
      if (packet[0] === "4") handleMessage();
      else if (packet[0] === "0") handleOpen();
      else if (packet[0] === "2") socket.send("3");
    });
  });
}

export function handleSummary(data) {
  const value = (metric, name) => (data.metrics[metric] ? data.metrics[metric].values[name] : 0);
  const count = value("eio_operations", "count");
  const result = {
    mode,
    clients,
    seconds,
    operations: count,
    rate: count / seconds,
    p50_us: value("eio_latency", "med") * 1000,
    p99_us: value("eio_latency", "p(99)") * 1000,
    errors: 0,
  };
  return { stdout: JSON.stringify(result) + "\n" };
}

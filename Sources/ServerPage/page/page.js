const element = (id) => document.getElementById(id);
const { protocol, path } = document.body.dataset;
const isSocketIO = protocol === "socketio";
const log = new MessageLog(element("log"));
const history = [];
let historyIndex = 0;
let client = null;

function showState(text, kind) {
  element("state").textContent = text;
  element("state").className = kind;
  element("connect").textContent = client === null ? "Connect" : "Disconnect";
}

function showProblem(text) {
  element("problem").textContent = text;
}

function connect() {
  showProblem("");
  const events = {
    open() {
      showState("connected", "open");
      log.add("note", "connected");
    },
    close(reason) {
      client = null;
      showState(`disconnected: ${reason}`, "lost");
      log.add("lost", reason);
    },
    message: (data) => log.add("in", typeof data === "string" ? data : bytesText(data)),
    event: (name, text, asksForAck) => log.add("in", `${name} ${text}${asksForAck ? " (asks for an ack)" : ""}`),
    ack: (id, text) => log.add("in", `ack ${id}: ${text}`),
  };
  if (!isSocketIO) {
    client = new EngineIOClient(path, events);
  } else {
    const auth = element("auth").value.trim();
    try {
      client = new SocketIOClient(
        path, element("namespace").value.trim() || "/", auth === "" ? undefined : JSON.parse(auth), events);
    } catch (error) {
      return showProblem(`auth is not valid JSON: ${error.message}`);
    }
  }
  return showState("connecting", "");
}

// Hexadecimal digits, with or without blanks between the bytes; undefined if the text is something else.
function parsedBytes(text) {
  const digits = text.replace(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function sendMessage(text) {
  if (!element("binary").checked) {
    client.send(text);
    return log.add("out", text);
  }
  const bytes = parsedBytes(text);
  if (bytes === undefined) throw new Error("bytes have two hexadecimal digits each, such as 00 01 ff");
  client.send(bytes);
  return log.add("out", bytesText(bytes));
}

function sendEvent(text) {
  const name = element("event").value;
  if (["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].includes(name)) {
    throw new Error(`'${name}' is a reserved name`);
  }
  let values;
  try {
    values = JSON.parse(`[${text}]`);
  } catch (error) {
    throw new Error(`the arguments are not valid JSON, such as "lobby", {"n": 1}: ${error.message}`);
  }
  const id = client.emit(name, values, element("ack").checked);
  log.add("out", `${name} ${text}${id === undefined ? "" : ` (ack ${id})`}`);
}

function submit() {
  const text = element("text").value;
  try {
    if (client === null || !element("state").classList.contains("open")) throw new Error("there is no connection");
    (isSocketIO ? sendEvent : sendMessage)(text);
  } catch (error) {
    return showProblem(error.message);
  }
  showProblem("");
  if (text !== "") history.push(text);
  if (history.length > 100) history.shift();
  historyIndex = history.length;
  element("text").value = "";
  return undefined;
}

element("connect").addEventListener("click", () => (client === null ? connect() : client.close()));
element("options").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && client === null) connect();
});
element("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
// The arrow keys fetch the lines that were sent.
element("text").addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  historyIndex = Math.min(Math.max(historyIndex + step, 0), history.length);
  event.target.value = history[historyIndex] ?? "";
});
if (isSocketIO) {
  element("hint").textContent = "Arguments, as JSON with commas";
  element("text").placeholder = '"lobby", "hello"';
} else {
  element("text").placeholder = "hello";
}
connect();

---@meta engineio

-- Clients of Engine.IO. docs/lua-api.md describes them.

---See docs/lua-api.md, and [python-engineio](https://python-engineio.readthedocs.io/en/stable/client.html).
---@class engineio
local engineio = {}

---JSON functions of the script, for `json`. See docs/lua-api.md#clients
---@class engineio.JSONFunctions
---Returns the text to send for a table.
---@field encode fun(value: table): string
---Returns the message for a text that begins with `{` or `[`.
---@field decode fun(text: string): any

---The options of a client. See docs/lua-api.md#clients
---@class engineio.ClientOptions
---Whether the client's actions and packets are logged. Default: false.
---@field logger? boolean|"info"|"debug"
---Whether JSON becomes tables, or functions that read and write it. Default: true.
---@field json? boolean|engineio.JSONFunctions
---Limit for the handshake, a POST, the open packet on websocket, and the answer to the probe. Default: 5 s.
---@field request_timeout? number
---Limit for the whole of `connect`, with the attempt to upgrade. Default: 20 s.
---@field connect_timeout? number
---Whether the server's certificate is checked. Default: true.
---@field ssl_verify? boolean
---A PEM file with the certificates to trust. Default: the system's.
---@field ca_file? string
---Whether each GET has the time as `t=`, against caches. Default: true.
---@field timestamp_requests? boolean
---Whether the first SIGINT or SIGTERM ends the session in order. Default: true.
---@field handle_sigint? boolean
---The longest message that is accepted, in bytes. Default: 134217728 (128 MiB).
---@field max_message_size? number
---The number of unwritten bytes above which `send` waits. Default: 1048576 (1 MiB).
---@field max_buffered? number

---The options of `connect`. See docs/lua-api.md#connect
---@class engineio.ConnectOptions
---Sent with every request of the session. Default: none.
---@field headers? table<string, string|number>
---The client connects with the first one. Default: {"polling", "websocket"}.
---@field transports? eio.Transport|eio.Transport[]
---The path of the server's endpoint. Default: "engine.io".
---@field engineio_path? string
---Whether the next one of `transports` is tried if the first cannot connect. Default: false.
---@field try_all_transports? boolean

---The options of `disconnect`. See docs/lua-api.md#disconnect-and-wait
---@class engineio.DisconnectOptions
---The time limit; after it the connection is closed and the rest is lost. Default: 30 s.
---@field timeout? number
---Whether the connection is closed at once. Default: false.
---@field abort? boolean

---The options of `on`. See docs/lua-api.md#events-and-handlers
---@class engineio.HandlerOptions
---Whether a `message` handler starts after the previous one has returned. Default: false.
---@field ordered? boolean

---@alias engineio.EventName "connect"|"message"|"disconnect"|"error"

---A client of Engine.IO. Its attributes are for reading. See docs/lua-api.md#clients
---@class engineio.Client: eio.Shared
---The session's id. See docs/lua-api.md#attributes
---@field sid? string
---@field state "disconnected"|"connecting"|"connected"|"disconnecting"
---The upgrades that the server offers.
---@field upgrades? string[]
---In seconds.
---@field ping_interval? number
---In seconds.
---@field ping_timeout? number
---The endpoint, such as `http://localhost:5000/engine.io/`.
---@field base_url? string
local Client = {}

---Makes a client. See docs/lua-api.md#clients
---@param options? engineio.ClientOptions
---@return engineio.Client client
function engineio.Client(options) end

---Registers a handler, and replaces the event's earlier one. See docs/lua-api.md#events-and-handlers
---@param event "connect"
---@param f fun()
---@param options? engineio.HandlerOptions
---@overload fun(event: "message", f: fun(data: eio.Message), options?: engineio.HandlerOptions)
---@overload fun(event: "disconnect", f: fun(reason: eio.Reason, detail: eio.DisconnectDetail))
---@overload fun(event: "error", f: fun(err: any, traceback: string, where: string))
---@overload fun(event: engineio.EventName, options?: engineio.HandlerOptions): fun(f: function): function
function Client.on(event, f, options) end

---Connects, and tries to upgrade to websocket; raises `eio.ConnectionError`. Waits. Without a url, that of the option
---`--url` is used. See docs/lua-api.md#connect
---@param url string
---@param options? engineio.ConnectOptions
---@return true
---@overload fun(options?: engineio.ConnectOptions): true
function Client.connect(url, options) end

---Queues a message: text, bytes, a table as JSON, or a number as text. While not connected it returns
---`false, "not connected"`. See docs/lua-api.md#send
---@param data string|eio.Bytes|table|number
---@return boolean is_sent
---@return string? why
function Client.send(data) end

---The number of bytes that `send` has accepted and the system has not. See docs/lua-api.md#send
---@return integer bytes
function Client.buffered() end

---Waits until `buffered()` is 0: true; `nil, "timeout"`; or `false, "not connected"`. See docs/lua-api.md#send
---@param timeout? number
---@return boolean|nil is_empty
---@return string? why
function Client.drain(timeout) end

---Waits for the next message: returns it, or `nil` and `"timeout"` or the reason of the end.
---See docs/lua-api.md#receive
---@param timeout? number
---@return eio.Message|nil message
---@return string? why
function Client.receive(timeout) end

---Writes what is queued and closes the session: true, or false and the number of messages that were not written.
---See docs/lua-api.md#disconnect-and-wait
---@param options? engineio.DisconnectOptions
---@return boolean is_written
---@return integer? left
function Client.disconnect(options) end

---Waits until the client is disconnected. See docs/lua-api.md#disconnect-and-wait
function Client.wait() end

---The transport of the session, or of the last one. See docs/lua-api.md#attributes
---@return eio.Transport|nil transport
function Client.transport() end

return engineio

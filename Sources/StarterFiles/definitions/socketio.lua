---@meta socketio

-- Clients of Socket.IO. docs/socketio.md describes them.
-- Every function can be called with a dot and with a colon: `sio.emit(x)` is `sio:emit(x)`.

---The ready client of Socket.IO.
---See docs/socketio.md, and [python-socketio](https://python-socketio.readthedocs.io/en/stable/client.html).
---@type socketio.Client
sio = {}

---See docs/socketio.md, and [python-socketio](https://python-socketio.readthedocs.io/en/stable/client.html).
---@class socketio
local socketio = {}

---JSON functions of the script, for `json`; they may not wait. See docs/socketio.md#your-own-json
---@class socketio.JSONFunctions
---Returns the text of a list or of the table `auth`.
---@field encode fun(value: table): string
---@field decode fun(text: string): any

---The options of a client. See docs/socketio.md#clients
---@class socketio.ClientOptions: engineio.ClientOptions
---Whether functions of the script write and read the packets' JSON; see docs/socketio.md#your-own-json
---@field json? true|socketio.JSONFunctions
---Whether a lost connection is made again. Default: true.
---@field reconnection? boolean
---The number of attempts after each loss. Default: 0 (no limit).
---@field reconnection_attempts? number
---The pause before the first attempt; each further one is twice as long. Default: 1 s.
---@field reconnection_delay? number
---The longest pause. Default: 5 s.
---@field reconnection_delay_max? number
---The part of a pause by which it is longer or shorter at random. Default: 0.5.
---@field randomization_factor? number
---JSON with attachments, or msgpack for servers with such a parser. Default: "default".
---@field serializer? "default"|"msgpack"
---The most attachments of one packet of the server. Default: 1000.
---@field max_attachments? number
---Whether the server is asked to restore the session after a loss (JavaScript servers only). Default: false.
---@field recovery? boolean
---As `logger`: both protocols write into one log. Default: false.
---@field engineio_logger? boolean|"info"|"debug"

---The options of `connect`. Functions are called for each attempt, and may wait. See docs/socketio.md#connect
---@class socketio.ConnectOptions
---The names of the namespaces. Default: those with handlers, else "/".
---@field namespaces? string|string[]
---A table for the server's handlers. Default: none.
---@field auth? table|fun(): table
---Sent with every request. Default: none.
---@field headers? table<string, string|number>|fun(): table<string, string|number>
---As for Engine.IO. Default: both.
---@field transports? eio.Transport|eio.Transport[]
---The path of the server. Default: "socket.io".
---@field socketio_path? string
---Whether `connect` waits for the namespaces; otherwise it returns as soon as Engine.IO is connected. Default: true.
---@field wait? boolean
---The time that all namespaces have for their answers together. Default: 5 s.
---@field wait_timeout? number
---Whether a first attempt that fails is repeated as after a loss. Default: false.
---@field retry? boolean

---The error of a `connect` that failed. See docs/socketio.md#connect
---@class socketio.ConnectionError: eio.ConnectionError
---The namespaces that the server has refused.
---@field refused? string[]
---The reasons of the server for these, by their names; `eio.null` without one.
---@field namespaces? table<string, any>
---The namespaces that the server has not answered for.
---@field silent? string[]

---The details of a `disconnect`. See docs/socketio.md#events
---@class socketio.DisconnectDetail: eio.DisconnectDetail
---@field namespace string
---Whether the connection is made again.
---@field will_reconnect boolean

---@alias socketio.DisconnectHandler fun(reason: eio.Reason, detail: socketio.DisconnectDetail)

---The options of `on`. See docs/socketio.md#events
---@class socketio.HandlerOptions
---`"*"` stands for all of them. Default: "/".
---@field namespace? string
---Whether a handler starts after the previous one has returned. Default: false.
---@field ordered? boolean

---An event with options. See docs/socketio.md#emit-call-and-receive
---@class socketio.EmitRequest
---The name of the event; its arguments follow.
---@field [1] string
---@field [integer] eio.Value|eio.Bytes
---Default: "/".
---@field namespace? string
---Gets the values of the ack; nil and the reason if there is a timeout and no ack comes in time.
---@field callback? fun(...: any)
---How long the callback waits for the ack. Default: without a limit.
---@field timeout? number

---An event with options whose ack is awaited. See docs/socketio.md#emit-call-and-receive
---@class socketio.CallRequest
---The name of the event; its arguments follow.
---@field [1] string
---@field [integer] eio.Value|eio.Bytes
---Default: "/".
---@field namespace? string
---Default: 60 s.
---@field timeout? number

---The options of `receive`. See docs/socketio.md#emit-call-and-receive
---@class socketio.ReceiveOptions
---@field timeout? number
---The name of the event; otherwise any.
---@field event? string
---Otherwise any.
---@field namespace? string

---A table with functions `on_connect`, `on_my_event`, … that get the table first. See docs/socketio.md#events
---@class socketio.NamespaceHandlers
---Can stand in for the first argument of `register_namespace`.
---@field namespace? string
---Gets every event, if there is one.
---@field trigger_event? fun(self: table, event: string, ...: any): ...

---`function sio.event.name(...) end` registers a handler, `sio.event("/chat").name = f` one of a namespace.
---See docs/socketio.md#events
---@class socketio.EventTable
---@field connect fun()
---@field connect_error fun(data: any)
---@field disconnect socketio.DisconnectHandler
---@field error fun(err: any, traceback: string, where: string)
---@field [string] fun(...: any): ...
---@overload fun(namespace: string): socketio.EventTable

---The Engine.IO client below one of Socket.IO. See docs/socketio.md#clients
---@class socketio.Engine: eio.Shared
---The session's id. See docs/lua-api.md#attributes
---@field sid? string
---@field state "disconnected"|"connecting"|"connected"|"disconnecting"
---@field upgrades? string[]
---In seconds.
---@field ping_interval? number
---In seconds.
---@field ping_timeout? number
---@field base_url? string
local Engine = {}

---@return integer bytes
function Engine.buffered() end

---Waits until `buffered()` is 0: true; `nil, "timeout"`; or `false, "not connected"`. See docs/lua-api.md#send
---@param timeout? number
---@return boolean|nil is_empty
---@return string? why
function Engine.drain(timeout) end

---@return eio.Transport|nil transport
function Engine.transport() end

---A client of Socket.IO. Its attributes are for reading. See docs/socketio.md#clients
---@class socketio.Client: eio.Shared
---The id of the namespace: `/` or the only one.
---@field sid? string
---Whether a namespace is connected.
---@field connected boolean
---The names of the connected namespaces, and their ids.
---@field namespaces table<string, string>
---Whether the server has restored the session.
---@field recovered boolean
---The url of the last `connect`.
---@field connection_url? string|fun(): string
---The namespaces of the last `connect`.
---@field connection_namespaces table
---The path of the last `connect`.
---@field socketio_path? string
---The Engine.IO client.
---@field eio socketio.Engine
---@field event socketio.EventTable
---@field state "disconnected"|"connecting"|"connected"|"disconnecting"
local Client = {}

---Makes a client. See docs/socketio.md#clients
---@param options? socketio.ClientOptions
---@return socketio.Client client
function socketio.Client(options) end

---Connects, and returns when every namespace has answered; raises `socketio.ConnectionError`. `url` is a text or a
---function that returns one; without it, that of the option `--url` is used. See docs/socketio.md#connect
---@param url string|fun(): string
---@param options? socketio.ConnectOptions
---@return true
---@overload fun(options?: socketio.ConnectOptions): true
function Client.connect(url, options) end

---Registers a handler; `options` is a namespace or a table. The values that it returns are the ack.
---See docs/socketio.md#events
---@param event string
---@param f fun(...: any): ...
---@param options? string|socketio.HandlerOptions
---@overload fun(event: "connect", f: fun(), options?: string|socketio.HandlerOptions)
---@overload fun(event: "connect_error", f: fun(data: any), options?: string|socketio.HandlerOptions)
---@overload fun(event: "disconnect", f: socketio.DisconnectHandler, options?: string|socketio.HandlerOptions)
---@overload fun(event: "error", f: fun(err: any, traceback: string, where: string))
---@overload fun(event: string, options?: string|socketio.HandlerOptions): fun(f: function): function
function Client.on(event, f, options) end

---Registers the functions `on_…` of a table as handlers. See docs/socketio.md#events
---@param namespace string
---@param object socketio.NamespaceHandlers
---@return socketio.NamespaceHandlers object
---@overload fun(object: socketio.NamespaceHandlers): socketio.NamespaceHandlers
function Client.register_namespace(namespace, object) end

---Sends an event; a function as the last argument gets the values of the ack.
---See docs/socketio.md#emit-call-and-receive
---@param event string
---@param ... any
---@return true
---@overload fun(request: socketio.EmitRequest): true
function Client.emit(event, ...) end

---Sends the event `message`. See docs/socketio.md#emit-call-and-receive
---@param ... any
---@return true
function Client.send(...) end

---Sends an event and waits for its ack, whose values it returns; raises an error of type `"TimeoutError"` or
---`"DisconnectedError"`. See docs/socketio.md#emit-call-and-receive
---@param event string
---@param ... any
---@return any ...
---@overload fun(request: socketio.CallRequest): ...
function Client.call(event, ...) end

---Waits for the next event: returns its name and arguments, or `nil` and `"timeout"` or the reason of the end.
---See docs/socketio.md#emit-call-and-receive
---@param timeout? number
---@return string|nil event
---@return any ...
---@overload fun(options: socketio.ReceiveOptions): string|nil, ...
function Client.receive(timeout) end

---The functions of the client for one namespace. See docs/socketio.md#namespaces
---@param namespace string
---@return socketio.Namespace namespace
function Client.of(namespace) end

---The id of a namespace, `/` by default. See docs/socketio.md#clients
---@param namespace? string
---@return string|nil sid
function Client.get_sid(namespace) end

---Leaves all namespaces, writes what is queued, and closes the session. See docs/socketio.md#the-end
---@param options? engineio.DisconnectOptions
---@return boolean is_written
---@return integer? left
function Client.disconnect(options) end

---As `disconnect`. See docs/socketio.md#reconnecting
---@param options? engineio.DisconnectOptions
---@return boolean is_written
---@return integer? left
function Client.shutdown(options) end

---Waits until the connection has ended for good: true, or `false, "reconnection failed"`. See docs/socketio.md#the-end
---@return boolean has_ended
---@return string? why
function Client.wait() end

---The transport of the session, or of the last one. See docs/socketio.md#clients
---@return eio.Transport|nil transport
function Client.transport() end

---The number of bytes that are accepted and unwritten. See docs/lua-api.md#send
---@return integer bytes
function Client.buffered() end

---Waits until `buffered()` is 0: true; `nil, "timeout"`; or `false, "not connected"`. See docs/lua-api.md#send
---@param timeout? number
---@return boolean|nil is_empty
---@return string? why
function Client.drain(timeout) end

---The functions of a client for one namespace. See docs/socketio.md#namespaces
---@class socketio.Namespace
---@field sid? string
local Namespace = {}

---Joins the namespace; the handler `connect` or `connect_error` follows.
---@param auth? table
---@return true
function Namespace.connect(auth) end

---Leaves the namespace.
---@return boolean was_connected
function Namespace.disconnect() end

---@param event string
---@param f fun(...: any): ...
---@param options? string|socketio.HandlerOptions
---@overload fun(event: "connect", f: fun())
---@overload fun(event: "connect_error", f: fun(data: any))
---@overload fun(event: "disconnect", f: socketio.DisconnectHandler)
---@overload fun(event: string, options?: string|socketio.HandlerOptions): fun(f: function): function
function Namespace.on(event, f, options) end

---@param event string
---@param ... any
---@return true
---@overload fun(request: socketio.EmitRequest): true
function Namespace.emit(event, ...) end

---@param ... any
---@return true
function Namespace.send(...) end

---@param event string
---@param ... any
---@return any ...
---@overload fun(request: socketio.CallRequest): ...
function Namespace.call(event, ...) end

---@param timeout? number
---@return string|nil event
---@return any ...
---@overload fun(options: socketio.ReceiveOptions): string|nil, ...
function Namespace.receive(timeout) end

---The options of a SimpleClient's `connect`. See docs/socketio.md#simpleclient
---@class socketio.SimpleConnectOptions
---@field headers? table<string, string|number>|fun(): table<string, string|number>
---@field auth? table|fun(): table
---@field transports? eio.Transport|eio.Transport[]
---@field namespace? string
---@field socketio_path? string
---@field wait_timeout? number

---A client of one namespace that needs no handlers. See docs/socketio.md#simpleclient
---@class socketio.SimpleClient
---The id of the namespace.
---@field sid? string
---The name of the transport.
---@field transport? eio.Transport
---The client below, which can have handlers.
---@field client socketio.Client
local SimpleClient = {}

---Makes a client of one namespace. See docs/socketio.md#simpleclient
---@param options? socketio.ClientOptions
---@return socketio.SimpleClient client
function socketio.SimpleClient(options) end

---@param url string|fun(): string
---@param options? socketio.SimpleConnectOptions
---@return true
---@overload fun(options?: socketio.SimpleConnectOptions): true
function SimpleClient.connect(url, options) end

---Waits while the client is reconnecting.
---@param event string
---@param ... any
---@return true
function SimpleClient.emit(event, ...) end

---The values of the ack; raises an error of type `"TimeoutError"` or `"DisconnectedError"`.
---@param event string
---@param ... any
---@return any ...
---@overload fun(request: socketio.CallRequest): ...
function SimpleClient.call(event, ...) end

---A list of the name and the arguments of the next event; raises an error of type `"TimeoutError"`.
---@param timeout? number
---@return table event
---@overload fun(options: socketio.ReceiveOptions): table
function SimpleClient.receive(timeout) end

---@return boolean is_written
---@return integer? left
function SimpleClient.disconnect() end

return socketio

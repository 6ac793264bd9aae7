---@meta eio

-- The ready client `eio`, and everything that all clients share. docs/lua-api.md describes it.
-- Every function can be called with a dot and with a colon: `eio.send(x)` is `eio:send(x)`.

---The ready client of Engine.IO; `require "eio"` returns it, too.
---See docs/lua-api.md, and [python-engineio](https://python-engineio.readthedocs.io/en/stable/client.html).
---@type engineio.Client
eio = {}

---A value that JSON can have: nil is `eio.null`.
---@alias eio.Value string|number|boolean|table|eio.Null

---A message as it is received: text, bytes, or the table of a JSON object or array.
---@alias eio.Message string|eio.Bytes|table

---@alias eio.Transport "polling"|"websocket"

---The reasons of a `disconnect`. See docs/lua-api.md#events-and-handlers
---@alias eio.Reason "client disconnect"|"server disconnect"|"transport error"

---The value of JSON's null: true in a condition, printed as `null`.
---@class eio.Null: lightuserdata

---The names of the reasons of a `disconnect`.
---@class eio.Reasons
---The script or a signal disconnected the client.
---@field CLIENT_DISCONNECT "client disconnect"
---The server sent a close packet.
---@field SERVER_DISCONNECT "server disconnect"
---Everything else: the connection was lost, no ping came, or the server broke the protocol.
---@field TRANSPORT_ERROR "transport error"

---The details of a `disconnect`, in which unknown fields are nil. See docs/lua-api.md#events-and-handlers
---@class eio.DisconnectDetail
---`client`, `server_close`, `ping_timeout`, `request_timeout`, `http_status`, `ws_close`, `tcp_reset`, `eof`, `tls`,
---`write`, `connect` or `parse`.
---@field cause string
---A sentence for a person.
---@field message string
---The HTTP status, for `http_status`.
---@field status? integer
---The Engine.IO error code in that answer's body.
---@field code? integer
---From the server's Close frame; for `parse` from the client's own.
---@field ws_code? integer
---From the server's Close frame.
---@field ws_reason? string
---At the end.
---@field transport? eio.Transport
---Seconds since the server's last ping, or since the session opened.
---@field since_last_ping? number

---An error as a table; `tostring(err)` is `where .. message`. See docs/lua-api.md#errors
---@class eio.Error
---Such as `"ConnectionError"`, `"ValueError"`, `"TypeError"`, `"queue.Empty"`, `"queue.Full"`.
---@field type string
---@field message string
---The place of the call, `bot.lua:12: `.
---@field where? string

---The error of a `connect` that failed; fields that do not apply are nil. See docs/lua-api.md#connect
---@class eio.ConnectionError: eio.Error
---`dns`, `tcp`, `tls`, `http`, `open` or `probe`; `namespace` for a client of Socket.IO.
---@field phase string
---The cause alone: `Connection refused`, the server's text, or a hint.
---@field cause? string
---The HTTP status of the answer.
---@field status? integer
---The Engine.IO error code of the answer.
---@field code? integer
---The first 4096 bytes of the answer's body; if the body is a JSON string, the text in it.
---@field body? string
---The answer's `Retry-After` as it was written: seconds or a date.
---@field retry_after? string

---Everything that all clients share, and that does not depend on a client. See docs/lua-api.md
---@class eio.Shared
---Raised by the waits of a task that was cancelled.
---@field cancelled userdata
---JSON's null. See docs/lua-api.md#json
---@field null eio.Null
---Raised by `q:get`. See docs/lua-api.md#tasks-sleep-queues-and-events
---@field queue_empty eio.Error
---Raised by `q:put`. See docs/lua-api.md#tasks-sleep-queues-and-events
---@field queue_full eio.Error
---The reasons of a `disconnect`. See docs/lua-api.md#events-and-handlers
---@field reason eio.Reasons
---See docs/lua-api.md#json
---@field json eio.JSON
---See docs/lua-api.md#logging
---@field log eio.Log
local Shared = {}

---Waits for so many seconds. Without an argument, or with 0, the other coroutines run once.
---See docs/lua-api.md#tasks-sleep-queues-and-events
---@param seconds? number
function Shared.sleep(seconds) end

---Starts a task that runs `f(...)` in its own coroutine when the caller next waits or returns.
---See docs/lua-api.md#tasks-sleep-queues-and-events
---@param f function
---@param ... any
---@return eio.Task task
function Shared.start_background_task(f, ...) end

---Makes a first-in-first-out queue; `size` is its capacity, and 0, a negative number or nothing means no limit.
---See docs/lua-api.md#tasks-sleep-queues-and-events
---@param size? number
---@return eio.Queue queue
function Shared.create_queue(size) end

---Makes a flag to wait for. See docs/lua-api.md#tasks-sleep-queues-and-events
---@return eio.Event event
function Shared.create_event() end

---Returns `eio.queue_empty`. See docs/lua-api.md#tasks-sleep-queues-and-events
---@return eio.Error error
function Shared.get_queue_empty_exception() end

---Makes bytes from a string, or returns the bytes that it is given. See docs/lua-api.md#bytes
---@param s string|eio.Bytes
---@return eio.Bytes bytes
function Shared.bytes(s) end

---Whether the value is bytes. See docs/lua-api.md#bytes
---@param value any
---@return boolean is
function Shared.is_bytes(value) end

---Marks a table, or a new one, as an array of JSON. See docs/lua-api.md#json
---@generic T: table
---@param t? T
---@return T array
function Shared.array(t) end

---Marks a table, or a new one, as an object of JSON, whose integer keys become strings. See docs/lua-api.md#json
---@generic T: table
---@param t? T
---@return T object
function Shared.object(t) end

---Shows any value to a person, with sorted keys. See docs/lua-api.md#inspect
---@param value any
---@return string text
function Shared.inspect(value) end

---The time of day: seconds since 1970, with microseconds. See docs/lua-api.md#time
---@return number seconds
function Shared.time() end

---Seconds since some point in the past, with microseconds, for measuring. See docs/lua-api.md#time
---@return number seconds
function Shared.monotonic() end

---JSON as messages have it. See docs/lua-api.md#json
---@class eio.JSON
local JSON = {}

---@param value eio.Value
---@return string text
function JSON.encode(value) end

---Reads any JSON text; an error is a table of type `"ValueError"`.
---@param text string|eio.Bytes
---@return eio.Value value
function JSON.decode(text) end

---Lines on the standard error, with arguments as for `print`. See docs/lua-api.md#logging
---@class eio.Log
local Log = {}

---@param ... any
function Log.debug(...) end

---@param ... any
function Log.info(...) end

---@param ... any
function Log.warning(...) end

---@param ... any
function Log.error(...) end

---A background task. See docs/lua-api.md#tasks-sleep-queues-and-events
---@class eio.Task: userdata
local Task = {}

---Waits for the task's end: `true` and its results, `false` and its error, or `nil, "timeout"`.
---@param timeout? number
---@return boolean|nil ok
---@return any ...
function Task:join(timeout) end

---Raises `eio.cancelled` in the task where it waits; returns false if the task was over.
---@return boolean was_alive
function Task:cancel() end

---Whether the task is over.
---@return boolean is_over
function Task:done() end

---Options of a queue's `put`.
---@class eio.QueueOptions
---Whether it waits. Default: true.
---@field block? boolean
---The most seconds that it waits.
---@field timeout? number

---A first-in-first-out queue. See docs/lua-api.md#tasks-sleep-queues-and-events
---@class eio.Queue: userdata
local Queue = {}

---Adds an item; waits while the queue is full, and raises `eio.queue_full` after `timeout` or with `block = false`.
---@param item any
---@param block? boolean
---@param timeout? number
---@overload fun(self: eio.Queue, item: any, options: eio.QueueOptions)
function Queue:put(item, block, timeout) end

---The oldest item; waits while the queue is empty, and raises `eio.queue_empty` after `timeout` or with
---`block = false`.
---@param block? boolean
---@param timeout? number
---@return any item
---@overload fun(self: eio.Queue, options: eio.QueueOptions): any
function Queue:get(block, timeout) end

---Adds an item without waiting.
---@param item any
function Queue:put_nowait(item) end

---The oldest item, without waiting.
---@return any item
function Queue:get_nowait() end

---The number of items.
---@return integer count
function Queue:qsize() end

---@return boolean is_empty
function Queue:empty() end

---@return boolean is_full
function Queue:full() end

---Reports that an item has been processed, for `join`.
function Queue:task_done() end

---Waits until each item that was put has been processed.
function Queue:join() end

---A flag to wait for. See docs/lua-api.md#tasks-sleep-queues-and-events
---@class eio.Event: userdata
local Event = {}

function Event:set() end

function Event:clear() end

---@return boolean is_set
function Event:is_set() end

---Waits until the flag is set: true; or false after `timeout` seconds.
---@param timeout? number
---@return boolean is_set
function Event:wait(timeout) end

---An immutable run of bytes, which is sent and received as a binary message. See docs/lua-api.md#bytes
---@class eio.Bytes: userdata
---@operator len: integer
---@operator concat(string|eio.Bytes): eio.Bytes
local Bytes = {}

---@return integer count
function Bytes:len() end

---As `string.sub`.
---@param i integer
---@param j? integer
---@return eio.Bytes bytes
function Bytes:sub(i, j) end

---As `string.byte`.
---@param i? integer
---@param j? integer
---@return integer ...
function Bytes:byte(i, j) end

---As `string.unpack`.
---@param format string
---@param position? integer
---@return any ...
function Bytes:unpack(format, position) end

return eio

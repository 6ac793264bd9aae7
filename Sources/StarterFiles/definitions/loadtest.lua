---@meta loadtest

-- The module of load tests. docs/loadtest-api.md describes it.

---See docs/loadtest-api.md, and [k6](https://grafana.com/docs/k6/latest/javascript-api/), whose names these are.
---@class loadtest
---The user of a load test. See docs/loadtest-api.md#vu-env
---@field vu loadtest.User
---The variables of `-e K=V`, else the environment of the process. See docs/loadtest-api.md#vu-env
---@field env table<string, string>
local loadtest = {}

---The user of a load test. See docs/loadtest-api.md#vu-env
---@class loadtest.User
---The virtual user, from 1; 0 while the plan is read.
---@field id integer
---This user's iteration, from 0.
---@field iteration integer
---The iteration among those of all users of the scenario, from 0.
---@field iteration_in_test integer
---The scenario's name.
---@field scenario string

---The virtual user, from 1; 0 while the plan is read.
---@type integer
__VU = 1

---This user's iteration, from 0.
---@type integer
__ITER = 0

---The variables of `-e K=V`, else the environment of the process.
---@type table<string, string>
__ENV = {}

---The options of a load test. See docs/load-testing.md#options
---@class loadtest.Options
---The number of users.
---@field vus? integer|string
---How long iterations are started, such as `"30s"`.
---@field duration? string
---Iterations of all users together.
---@field iterations? integer|string
---The stages of a ramp.
---@field stages? loadtest.Stage[]
---Scenarios with an executor each, by their names.
---@field scenarios? table<string, table>
---Conditions that the run must meet, by metric.
---@field thresholds? table<string, (string|loadtest.Threshold)[]>
---Tags of all samples.
---@field tags? table<string, string>
---@field noSetup? boolean
---@field noTeardown? boolean
---@field noThresholds? boolean
---The time limit of `setup`.
---@field setupTimeout? string
---The time limit of `teardown`.
---@field teardownTimeout? string
---How long a running iteration may continue at the end.
---@field gracefulStop? string
---The same for the iteration of a user that a ramp removes.
---@field gracefulRampDown? string
---The pause of a user after an iteration whose last `connect` failed.
---@field failurePause? string
---The columns for each Trend in the summary.
---@field summaryTrendStats? string[]
---@field summaryTimeUnit? "s"|"ms"|"us"

---A stage of a ramp.
---@class loadtest.Stage
---Such as `"30s"`.
---@field duration string
---The number of users at its end.
---@field target integer

---A condition that can end the run.
---@class loadtest.Threshold
---Such as `"p(95)<200"`.
---@field threshold string
---@field abortOnFail? boolean
---@field delayAbortEval? string

---Tags of a sample: at most 32 strings.
---@alias loadtest.Tags table<string, string>

---Counts each condition as a sample of `checks`, and returns whether all hold. A function gets the value.
---See docs/loadtest-api.md#check
---@param value any
---@param conditions table<string, any>
---@param tags? loadtest.Tags
---@return boolean holds
function loadtest.check(value, conditions, tags) end

---Calls `f` with the other arguments, measures it, tags its samples, and returns its results.
---See docs/loadtest-api.md#group
---@param name string
---@param f fun(...: any): ...
---@param ... any
---@return any ...
function loadtest.group(name, f, ...) end

---Calls `f` with the other arguments, records its time in `eio_time`, and returns its results.
---See docs/loadtest-api.md#time
---@param name string
---@param f fun(...: any): ...
---@param ... any
---@return any ...
function loadtest.time(name, f, ...) end

---Waits for the next round of a steady rhythm, and returns by how many seconds it begins late.
---See docs/loadtest-api.md#pace
---@param interval number
---@return number late
function loadtest.pace(interval) end

---See docs/loadtest-api.md#counter-gauge-rate-trend
---@param name string
---@return loadtest.Metric metric
function loadtest.Counter(name) end

---See docs/loadtest-api.md#counter-gauge-rate-trend
---@param name string
---@return loadtest.Metric metric
function loadtest.Gauge(name) end

---See docs/loadtest-api.md#counter-gauge-rate-trend
---@param name string
---@return loadtest.Metric metric
function loadtest.Rate(name) end

---With `isTime` its values are seconds, such as the difference of two `eio.monotonic()`, and are shown in milliseconds.
---See docs/loadtest-api.md#counter-gauge-rate-trend
---@param name string
---@param isTime? boolean
---@return loadtest.Metric metric
function loadtest.Trend(name, isTime) end

---The rows of a file, read once for all users. See docs/loadtest-api.md#data
---@param file string
---@return loadtest.Data rows
function loadtest.data(file) end

---Ends the whole run with status 108; does not return. See docs/loadtest-api.md#abort-fail-osexit
---@param message? string
function loadtest.abort(message) end

---Fails the iteration: raises an error with the caller's place. See docs/loadtest-api.md#abort-fail-osexit
---@param message? string
function loadtest.fail(message) end

---A metric of the script. See docs/loadtest-api.md#counter-gauge-rate-trend
---@class loadtest.Metric: userdata
local Metric = {}

---Adds a sample: a finite number, for a Rate also a boolean.
---@param value number|boolean
---@param tags? loadtest.Tags
function Metric:add(value, tags) end

---The rows of a file; `#rows` is their number, and each access returns a new table. See docs/loadtest-api.md#data
---@class loadtest.Data: userdata
---@operator len: integer
---@field [integer] table
local Data = {}

---The row of this user.
---@return table row
function Data:user() end

---The row of this iteration.
---@return table row
function Data:iteration() end

return loadtest

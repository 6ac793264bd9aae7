/* Deadlines of tasks that wait again and again. */
#include "socketio_run.h"
#include "tests.h"

/* The deadline of a wait that has ended is neither that of the next one nor in its way. */
static void each_wait_has_its_own_deadline(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "local long = eio.start_background_task(function()\n"
        "  for _ = 1, 3 do assert(sio.call{'echo', 1, timeout = 0.01} == 1) end\n"
        "  local ok, e = pcall(sio.call, {'silence', timeout = 0.05}) assert(e.type == 'TimeoutError')\n"
        "  return 'long' end)\n"
        "local short = eio.start_background_task(function()\n"
        "  for _ = 1, 3 do assert(sio.call{'echo', 2, timeout = 60} == 2) end\n"
        "  local ok, e = pcall(sio.call, {'silence', timeout = 0.02}) assert(e.type == 'TimeoutError')\n"
        "  return 'short' end)\n"
        "local order = {}\n"
        "local function note(task) local _, name = task:join() order[#order + 1] = name end\n"
        "local a, b = eio.start_background_task(note, long), eio.start_background_task(note, short)\n"
        "a:join() b:join()\n"
        "assert(table.concat(order, ' ') == 'short long')\n"
        "sio.disconnect()\n");
}

/* Many deadlines, set and left in any order. */
static void the_earliest_is_first(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "local last, woken = 0, 0\n"
        "local tasks = {}\n"
        "for i = 1, 60 do tasks[i] = eio.start_background_task(function()\n"
        "  local rank = i * 37 % 60\n"
        "  if i % 3 == 0 then sio.call{'echo', timeout = 30} end\n"
        "  if i % 3 == 1 then sio.call{'echo', timeout = 0.001 * i} end\n"
        "  eio.sleep(0.05 + rank * 0.004)\n"
        "  assert(rank >= last, rank .. ' after ' .. last) last, woken = rank, woken + 1 end) end\n"
        "for _, task in ipairs(tasks) do local ok, e = task:join() assert(ok, e) end\n"
        "assert(woken == 60)\n"
        "sio.disconnect()\n");
}

/* Two tasks give each other something to do, so that every run ends while one is ready. */
static void a_call_ends_in_time_while_others_keep_the_script_busy(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "local ended\n"
        "eio.start_background_task(function()\n"
        "  local ok, e = pcall(sio.call, {'silence', timeout = 0.02}) ended = e.type end)\n"
        "local a, b, limit = eio.create_queue(), eio.create_queue(), eio.monotonic() + 5\n"
        "local function play(own, other)\n"
        "  while not ended and eio.monotonic() < limit do own:get() other:put(1) end other:put(1) end\n"
        "a:put(1) eio.start_background_task(play, a, b)\n"
        "play(b, a)\n"
        "assert(ended == 'TimeoutError')\n"
        "sio.disconnect()\n");
}

/* It is cancelled in the run in which it began, and its task is done. */
static void a_call_that_ends_with_its_task_leaves_no_deadline(void) {
    EXPECT_QUIET_RUN(
        "sio.connect('any')\n"
        "for i = 1, 50 do\n"
        "  local task = eio.start_background_task(function() sio.call{'silence', timeout = 60} end)\n"
        "  local stopper = eio.start_background_task(function() task:cancel() end)\n"
        "  assert(not task:join()) stopper:join()\n"
        "end\n"
        "local start = eio.monotonic()\n"
        "local ok, e = pcall(sio.call, {'silence', timeout = 0.02})\n"
        "assert(e.type == 'TimeoutError' and eio.monotonic() - start >= 0.02)\n"
        "sio.disconnect()\n");
}

void test_timers(void) {
    each_wait_has_its_own_deadline();
    the_earliest_is_first();
    a_call_ends_in_time_while_others_keep_the_script_busy();
    a_call_that_ends_with_its_task_leaves_no_deadline();
}

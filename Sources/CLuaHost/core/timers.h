#ifndef LUAHOST_TIMERS_H
#define LUAHOST_TIMERS_H

#include "core/vm.h"

/* Of a deadline for what comes by the network: see expire_timers in vm.c. */
#define LUAHOST_SECOND_LOOKS 3

/* Sets the deadline of the task's wait. */
void luahost_timer_add(luahost_task *task, uint64_t deadline);
/* Has the deadline set when the run ends in which the wait begins, so many nanoseconds after that: the clock is read
 * once for all such waits. luahost_ask_again ends a run. */
static inline void luahost_timer_add_later(luahost_task *task, uint64_t delay) {
    task->delay = delay;
    if (task->is_delayed) return;
    task->is_delayed = true;
    task->next_delayed = task->vm->timers.delayed;
    task->vm->timers.delayed = task;
}
/* The run ends: sets the deadlines that are due to be set. */
void luahost_timer_set_delayed(luahost_vm *vm);
/* The wait is over: it has no deadline any more. */
static inline void luahost_timer_stop(luahost_task *task) { task->deadline = task->delay = UINT64_MAX; }
/* A task whose deadline is not after `now`, or NULL. */
luahost_task *luahost_timer_first(luahost_vm *vm, uint64_t now);
/* To be called at the end of a task. Does nothing for one without a place. */
void luahost_timer_remove(luahost_task *task);
#endif

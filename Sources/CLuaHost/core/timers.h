#ifndef LUAHOST_TIMERS_H
#define LUAHOST_TIMERS_H

#include "core/vm.h"

/* Of a deadline for what comes by the network: see expire_timers in vm.c. */
#define LUAHOST_SECOND_LOOKS 3

/* Sets the deadline of the task's wait. */
void luahost_timer_add(luahost_task *task, uint64_t deadline);
/* The wait is over: it has no deadline any more. */
static inline void luahost_timer_stop(luahost_task *task) { task->deadline = UINT64_MAX; }
/* A task whose deadline is not after `now`, or NULL. */
luahost_task *luahost_timer_first(luahost_vm *vm, uint64_t now);
/* To be called at the end of a task. Does nothing for one without a place. */
void luahost_timer_remove(luahost_task *task);
#endif

#ifndef LUAHOST_TIMERS_H
#define LUAHOST_TIMERS_H

#include "core/host.h"

/* Of a deadline for what comes by the network: see luahost_timers_expire. */
#define LUAHOST_SECOND_LOOKS 3

void luahost_timer_add(luahost_task *task, uint64_t deadline);
/* Nothing happens to a task without a timer. */
void luahost_timer_remove(luahost_task *task);
/* Wakes every task whose deadline is not after `now`. Where the loop was held up, by a slice of this script's or another's, or
 * the process was suspended, a task that has looks left has the loop read its sockets first. */
void luahost_timers_expire(luahost_vm *vm, uint64_t now);

#endif

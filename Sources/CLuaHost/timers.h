#ifndef LUAHOST_TIMERS_H
#define LUAHOST_TIMERS_H

#include "host.h"

void luahost_timer_add(luahost_task *task, uint64_t deadline);
/* Nothing happens to a task without a timer. */
void luahost_timer_remove(luahost_task *task);
/* Wakes every task whose deadline is not after `now`. */
void luahost_timers_expire(luahost_vm *vm, uint64_t now);

#endif

#ifndef LUAHOST_TIMERS_H
#define LUAHOST_TIMERS_H

#include "core/vm.h"

/* Of a deadline for what comes by the network: see expire_timers in vm.c. */
#define LUAHOST_SECOND_LOOKS 3

void luahost_timer_add(luahost_task *task, uint64_t deadline);
/* Does nothing for a task without a timer. */
void luahost_timer_remove(luahost_task *task);
#endif

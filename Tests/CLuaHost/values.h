/* Lua values for the tests of the encoders and decoders, in a Lua state without a host. */
#ifndef TEST_VALUES_H
#define TEST_VALUES_H

#include <lauxlib.h>

#include "CLuaHost.h"

/* With Lua's libraries and the globals null, bytes(string), array(table), object(table), equal(a, b) and random(). */
lua_State *values_open(void);
/* Pushes the values that the chunk returns and returns how many they are. Nothing else is on the stack. */
int values_push(lua_State *L, const char *chunk);
/* Whether the chunk, whose `...` are the values on the stack, returns true; clears the stack. */
bool values_check(lua_State *L, const char *chunk);

/* The memory of the state. */
typedef struct values_memory {
    size_t bytes;
    size_t most;    /* that `bytes` ever was; a test may lower it */
    size_t objects; /* that were made */
    long limit;     /* so many further allocations succeed; -1: all */
} values_memory;
extern values_memory values_memory_used;

#endif

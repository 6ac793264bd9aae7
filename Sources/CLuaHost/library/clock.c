/* eio.time and eio.monotonic: the clocks of the system, in seconds. */
#include <time.h>

#include "library/library.h"

static int push_clock(lua_State *L, clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)(now.tv_nsec / 1000) / 1e6);
    return 1;
}

static int wall_time(lua_State *L) { return push_clock(L, CLOCK_REALTIME); }
static int monotonic(lua_State *L) { return push_clock(L, CLOCK_MONOTONIC); }

void luahost_clock_open(lua_State *L) {
    static const luaL_Reg functions[] = {{"time", wall_time}, {"monotonic", monotonic}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}

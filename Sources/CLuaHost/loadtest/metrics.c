/* loadtest.Counter, Gauge, Rate and Trend. */
#include <math.h>
#include <string.h>

#include "base/name.h"
#include "core/arguments.h"
#include "core/stack.h"
#include "loadtest/loadtest.h"

#define LONGEST_NAME 128

static const char metric_key;

typedef struct metric {
    int32_t id; /* the host's */
    luahost_metric_kind kind;
    bool is_time;
} metric;

static const char *const kind_names[] = {"Counter", "Gauge", "Rate", "Trend"};

/* ---- samples ---- */

static double check_value(lua_State *L, const metric *self) {
    if (self->kind == LUAHOST_RATE && lua_isboolean(L, 2)) return lua_toboolean(L, 2);
    if (lua_type(L, 2) != LUA_TNUMBER) {
        luahost_argument_error(
            L, 1, "add", "value: %s expected, got %s", self->kind == LUAHOST_RATE ? "boolean or number" : "number",
            luaL_typename(L, 2));
    }
    double value = lua_tonumber(L, 2);
    if (!isfinite(value)) luahost_argument_error(L, 1, "add", "value: it is %s", luahost_push_refused(L, 2));
    return self->kind == LUAHOST_RATE ? value != 0 : value;
}

static int add(lua_State *L) {
    const metric *self = luahost_check_self(L, &metric_key, "metric", "add");
    double value = check_value(L, self);
    luahost_vm *vm = luahost_vm_of(L);
    if (lua_gettop(L) <= 2) {
        luahost_tags tags = luahost_loadtest_tags(vm);
        if (vm->host.metric_add != NULL) vm->host.metric_add(vm->context, (uint32_t)self->id, value, &tags);
        return 0;
    }
    luahost_tag_list list;
    const luahost_tags *tags = luahost_loadtest_read_tags(L, 3, 2, "add", &list);
    if (vm->host.metric_add != NULL) vm->host.metric_add(vm->context, (uint32_t)self->id, value, tags);
    return 0;
}

/* ---- making them ---- */

static int refuse(lua_State *L, luahost_metric_kind kind, const char *reason) {
    return luahost_argument_error(L, 1, kind_names[kind], "name: %s", reason);
}

/* Upvalues: the kind, the metrics by name. */
static int create(lua_State *L) {
    luahost_metric_kind kind = (luahost_metric_kind)lua_tointeger(L, lua_upvalueindex(1));
    luahost_loadtest_check_name(L, 1, kind_names[kind], false);
    luahost_slice name;
    name.data = lua_tolstring(L, 1, &name.length);
    if (!luahost_is_name(name.data, name.length) || name.length > LONGEST_NAME) {
        return refuse(L, kind, "letters, digits and _ expected, not beginning with a digit, at most 128");
    }
    if (!lua_isnoneornil(L, 2) && (kind != LUAHOST_TREND || !lua_isboolean(L, 2))) {
        return luahost_argument_error(
            L, 2, kind_names[kind], kind == LUAHOST_TREND ? "isTime: boolean expected, got %s" : "nil expected, got %s",
            luaL_typename(L, 2));
    }
    bool is_time = lua_toboolean(L, 2);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TUSERDATA) {
        const metric *known = lua_touserdata(L, 2);
        if (known->kind == kind && known->is_time == is_time) return 1;
        lua_pushfstring(
            L, "'%s' is a %s%s already", name.data, kind_names[known->kind], known->is_time ? " of times" : "");
        return refuse(L, kind, lua_tostring(L, -1));
    }
    luahost_vm *vm = luahost_vm_of(L);
    metric *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (metric){.kind = kind, .is_time = is_time};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &metric_key);
    lua_setmetatable(L, -2);
    luahost_slice error = {"", 0};
    if (vm->host.metric_create != NULL) self->id = vm->host.metric_create(vm->context, kind, name, is_time, &error);
    if (self->id < 0) {
        lua_pushlstring(L, error.data, error.length);
        return refuse(L, kind, lua_tostring(L, -1));
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(2));
    return 1;
}

void luahost_metrics_open(lua_State *L) {
    static const luaL_Reg methods[] = {{"add", add}, {NULL, NULL}};
    luahost_register_type(L, &metric_key, "metric", methods, NULL);
    lua_newtable(L);
    for (int kind = LUAHOST_COUNTER; kind <= LUAHOST_TREND; kind++) {
        lua_pushinteger(L, kind);
        lua_pushvalue(L, -2);
        lua_pushcclosure(L, create, 2);
        lua_setfield(L, -3, kind_names[kind]);
    }
    lua_pop(L, 1);
}

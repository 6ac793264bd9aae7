/* The module `loadtest`, as its files see it. */
#ifndef LUAHOST_LOADTEST_H
#define LUAHOST_LOADTEST_H

#include "core/vm.h"

/* A task's `group` is the index of one of these; the first is the root, which has no name. */
typedef struct luahost_group {
    uint32_t id; /* the host's */
    char *path;  /* "::outer::inner"; a name may have any bytes */
    size_t length;
} luahost_group;

/* The rounds of pace(). */
struct luahost_pace {
    uint64_t intended; /* start of the round that is under way; 0: none is */
    uint64_t start;    /* and when it really was */
};

struct luahost_loadtest {
    int vu_ref;
    int names_refs[LUAHOST_TIME_NAME + 1]; /* tables by luahost_name_kind: from a name to its number (groups: index) */
    size_t name_counts[LUAHOST_TIME_NAME + 1];
    luahost_group *groups;
    size_t group_count, group_capacity;
    bool reported_groups;
    luahost_pace pace; /* of the main chunk and of the functions that the host calls */
};

/* The script's own tags, as C has them. They live as long as the table does. */
enum { LUAHOST_MAX_TAGS = 32 };

typedef struct luahost_tag_list {
    luahost_tags tags;
    luahost_pair pairs[LUAHOST_MAX_TAGS];
} luahost_tag_list;

/* ---- loadtest.c ---- */

/* Sets the fields of `vu` from vm->identity. */
void luahost_loadtest_set_user(luahost_vm *vm);
/* The number that the host has for the name on top of the stack. */
uint32_t luahost_loadtest_intern(lua_State *L, luahost_name_kind kind);
/* Whether what ends now in the task (NULL: in none) was ended from outside, so that it counts neither as a success
 * nor as a failure. */
bool luahost_loadtest_is_interrupted(const luahost_vm *vm, const luahost_task *task);
/* The current group and no other tags. */
luahost_tags luahost_loadtest_tags(const luahost_vm *vm);
/* The current group and the table of tags at `index`, or nil: argument `number` of `function`. The strings are the
 * table's: nothing that may run Lua comes between this and their use. */
const luahost_tags *luahost_loadtest_read_tags(
    lua_State *L, int index, int number, const char *function, luahost_tag_list *list);
/* A name: a string that is not empty; one that goes into a path has no "::". */
void luahost_loadtest_check_name(lua_State *L, int number, const char *function, bool is_in_path);

/* ---- user.c ---- */

/* __VU, __ITER and __ENV. */
void luahost_user_open(lua_State *L);
void luahost_user_free(luahost_vm *vm);

/* ---- each adds its functions to the table on top of the stack ---- */
void luahost_metrics_open(lua_State *L);
void luahost_check_open(lua_State *L);
void luahost_group_open(lua_State *L);
void luahost_pace_open(lua_State *L);
void luahost_data_open(lua_State *L);

#endif

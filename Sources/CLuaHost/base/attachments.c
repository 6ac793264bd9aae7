#include "base/attachments.h"

#include <stdlib.h>

#include "base/memory.h"

static const size_t smallest = 8;

bool luahost_attachments_add(luahost_attachments *list, const char *data, size_t length) {
    if (list->count == LUAHOST_MAX_ATTACHMENTS) return false;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? smallest : 2 * list->capacity;
        list->items = luahost_reallocate(list->items, capacity * sizeof *list->items);
        list->capacity = capacity;
    }
    list->items[list->count++] = (luahost_slice){data, length};
    return true;
}

void luahost_attachments_reset(luahost_attachments *list, size_t keep) {
    list->count = 0;
    if (list->capacity <= keep) return;
    free(list->items);
    *list = (luahost_attachments){0};
}

/* A file of rows for load tests: read once, and never changed after, for all virtual users on all threads. */
#ifndef LUAHOST_DATA_FILE_H
#define LUAHOST_DATA_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct luahost_field {
    const char *data;
    size_t length;
} luahost_field;

typedef struct luahost_data_file {
    struct luahost_data_file *next;
    char *path;
    char *bytes;
    size_t length;
    luahost_field *fields;  /* CSV: `columns` for each row, the names first; else one for each row */
    size_t field_count, field_capacity;
    size_t *lines;          /* by row: on which line it begins */
    size_t line_capacity;
    size_t columns;         /* 0: a JSON value on each line */
    size_t rows;
    _Atomic bool is_checked; /* each row is JSON */
} luahost_data_file;

/* The file, read by the first call for its path. NULL: `error` says why. Kept until the process ends. */
luahost_data_file *luahost_data_file_open(const char *path, char *error, size_t size);

#endif

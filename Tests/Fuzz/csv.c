/* Files of rows for load tests: CSV, or a JSON value on each line. Every field lies within the file. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "loadtest/data_file.c"

void luahost_out_of_memory(void) { abort(); }

/* In a block of exactly its size, so that the sanitizer sees a read past its end. */
static luahost_data_file *parse_block(const char *data, size_t length, bool *is_read) {
    luahost_data_file *file = calloc(1, sizeof *file);
    file->path = strdup("rows");
    file->length = length;
    file->bytes = malloc(length == 0 ? 1 : length);
    memcpy(file->bytes, data, length);
    char error[256];
    *is_read = true;
    if (is_csv(file->path, file->bytes, file->bytes + length)) {
        *is_read = read_csv(file, file->bytes, error, sizeof error);
    } else {
        read_lines(file, file->bytes);
    }
    return file;
}

static luahost_data_file *parse_file(const char *data, size_t length, bool *is_read) {
    int descriptor = memfd_create("rows", 0);
    if (descriptor < 0 || write(descriptor, data, length) != (ssize_t)length) abort();
    char path[32], error[256];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    luahost_data_file *file = calloc(1, sizeof *file);
    file->path = strdup(path);
    *is_read = parse(file, error, sizeof error);
    close(descriptor);
    return file;
}

static void check(luahost_data_file *file, bool is_read) {
    size_t columns = file->columns == 0 ? 1 : file->columns;
    if (is_read && file->columns > 0 && file->field_count != (file->rows + 1) * columns) abort();
    for (size_t index = 0; index < file->field_count; index++) {
        const luahost_field *field = &file->fields[index];
        if (field->data < file->bytes || field->data + field->length > file->bytes + file->length) abort();
    }
    free_file(file);
}

int LLVMFuzzerTestOneInput(const char *data, size_t length) {
    bool is_read;
    luahost_data_file *file = parse_block(data, length, &is_read);
    check(file, is_read);
    file = parse_file(data, length, &is_read);
    check(file, is_read);
    return 0;
}

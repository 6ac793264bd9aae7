#include "base/memory.h"
#include "loadtest/data_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>


static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static luahost_data_file *files;

static void *grow(void *block, size_t *capacity, size_t item) {
    *capacity = *capacity == 0 ? 256 : *capacity * 2;
    block = realloc(block, *capacity * item);
    if (block == NULL) luahost_out_of_memory();
    return block;
}

static void add_field(luahost_data_file *file, const char *data, size_t length) {
    if (file->field_count == file->field_capacity) {
        file->fields = grow(file->fields, &file->field_capacity, sizeof *file->fields);
    }
    file->fields[file->field_count++] = (luahost_field){data, length};
}

static void add_row(luahost_data_file *file, size_t line) {
    if (file->rows == file->line_capacity) file->lines = grow(file->lines, &file->line_capacity, sizeof *file->lines);
    file->lines[file->rows++] = line;
}

static bool read_bytes(luahost_data_file *file, char *error, size_t size) {
    FILE *stream = fopen(file->path, "re");
    struct stat info;
    int code = errno;
    if (stream != NULL && fstat(fileno(stream), &info) == 0 && S_ISDIR(info.st_mode)) {
        fclose(stream);
        stream = NULL;
        code = EISDIR;
    }
    if (stream == NULL) {
        snprintf(error, size, "cannot open %s: %s", file->path, strerror(code));
        return false;
    }
    size_t capacity = 0, count;
    do {
        if (capacity - file->length < 4096) {
            capacity = capacity == 0 ? 65536 : capacity * 2;
            file->bytes = realloc(file->bytes, capacity);
            if (file->bytes == NULL) luahost_out_of_memory();
        }
        count = fread(file->bytes + file->length, 1, capacity - file->length, stream);
        file->length += count;
    } while (count > 0);
    bool is_read = !ferror(stream);
    if (!is_read) snprintf(error, size, "cannot read %s: %s", file->path, strerror(errno));
    fclose(stream);
    return is_read;
}

/* ---- CSV (RFC 4180) ---- */

typedef struct csv {
    luahost_data_file *file;
    char *at, *end;
    size_t line;
    char *error;
    size_t size;
} csv;

static bool refuse(const csv *csv, size_t line, const char *what) {
    snprintf(csv->error, csv->size, "%s:%zu: %s", csv->file->path, line, what);
    return false;
}

/* A quoted field is written over itself without its quotes. */
static bool quoted_field(csv *csv) {
    size_t first_line = csv->line;
    char *out = ++csv->at, *start = out;
    for (;; csv->at++) {
        if (csv->at == csv->end) return refuse(csv, first_line, "a quoted field has no end");
        if (*csv->at == '\n') csv->line++;
        if (*csv->at == '"') {
            if (csv->at + 1 == csv->end || csv->at[1] != '"') break;
            csv->at++;
        }
        *out++ = *csv->at;
    }
    csv->at++;
    add_field(csv->file, start, (size_t)(out - start));
    bool is_end = csv->at == csv->end || *csv->at == ',' || *csv->at == '\n' ||
        (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
    return is_end || refuse(csv, csv->line, "there is text behind the quotes of a field");
}

static void plain_field(csv *csv) {
    char *start = csv->at;
    while (csv->at < csv->end && *csv->at != ',' && *csv->at != '\n') csv->at++;
    size_t length = (size_t)(csv->at - start);
    bool is_last = csv->at == csv->end || *csv->at == '\n';
    if (is_last && length > 0 && start[length - 1] == '\r') length--;
    add_field(csv->file, start, length);
}

/* Adds the fields of one record; returns their number, 0 on error. */
static size_t record(csv *csv) {
    for (size_t count = 1;; count++) {
        if (csv->at < csv->end && *csv->at == '"') {
            if (!quoted_field(csv)) return 0;
        } else {
            plain_field(csv);
        }
        if (csv->at < csv->end && *csv->at == ',') {
            csv->at++;
            continue;
        }
        while (csv->at < csv->end && *csv->at == '\r') csv->at++;
        if (csv->at < csv->end) csv->at++;
        csv->line++;
        return count;
    }
}

/* Also a CR that nothing follows. */
static size_t empty_line(const csv *csv) {
    if (*csv->at == '\n') return 1;
    if (*csv->at != '\r') return 0;
    if (csv->at + 1 == csv->end) return 1;
    return csv->at[1] == '\n' ? 2 : 0;
}

static int compare_fields(const void *one, const void *other) {
    const luahost_field *a = one, *b = other;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return memcmp(a->data, b->data, a->length);
}

/* The names lie side by side when they are sorted: comparing each with each would take a wide header minutes. */
static bool has_equal_names(const luahost_data_file *file) {
    luahost_field *names = malloc(file->columns * sizeof *names);
    if (names == NULL) luahost_out_of_memory();
    memcpy(names, file->fields, file->columns * sizeof *names);
    qsort(names, file->columns, sizeof *names, compare_fields);
    size_t index = 1;
    while (index < file->columns && compare_fields(&names[index - 1], &names[index]) != 0) index++;
    bool has_equal = index < file->columns;
    free(names);
    return has_equal;
}

/* Tables that programs write as CSV though commas do not separate their fields. The header has one column and no
 * quotes then. */
static const char *other_separator(const luahost_field *name) {
    if (memchr(name->data, ';', name->length) != NULL) return "semicolons";
    if (memchr(name->data, '\t', name->length) != NULL) return "tabs";
    return NULL;
}

static bool check_header(const csv *csv, bool is_quoted) {
    const luahost_data_file *file = csv->file;
    for (size_t index = 0; index < file->columns; index++) {
        if (file->fields[index].length == 0) return refuse(csv, 1, "a column of the header has no name");
    }
    const char *separator = file->columns == 1 && !is_quoted ? other_separator(file->fields) : NULL;
    if (separator != NULL) {
        char what[96];
        snprintf(what, sizeof what, "its fields seem to be separated by %s: write commas", separator);
        return refuse(csv, 1, what);
    }
    return !has_equal_names(file) || refuse(csv, 1, "two columns of the header have the same name");
}

/* Those of very old programs. */
static bool has_bare_returns(const char *text, const char *end) {
    const char *mark = memchr(text, '\r', (size_t)(end - text));
    return mark != NULL && mark + 1 < end && memchr(text, '\n', (size_t)(end - text)) == NULL;
}

static bool read_csv(luahost_data_file *file, char *start, char *error, size_t size) {
    csv csv = {file, start, file->bytes + file->length, 1, error, size};
    if (csv.at == csv.end) return refuse(&csv, 1, "there is no header");
    if (has_bare_returns(csv.at, csv.end)) return refuse(&csv, 1, "its lines end with CR alone: write LF or CR LF");
    bool is_quoted = *csv.at == '"';
    file->columns = record(&csv);
    if (file->columns == 0 || !check_header(&csv, is_quoted)) return false;
    while (csv.at < csv.end) {
        size_t empty = empty_line(&csv);
        if (empty > 0) {
            csv.at += empty;
            csv.line++;
            continue;
        }
        size_t line = csv.line;
        size_t count = record(&csv);
        if (count == 0) return false;
        if (count != file->columns) {
            char what[96];
            snprintf(what, sizeof what, "%zu fields, and the header has %zu", count, file->columns);
            return refuse(&csv, line, what);
        }
        add_row(file, line);
    }
    return true;
}

/* ---- a JSON value on each line ---- */

static bool is_blank(const char *text, size_t length) {
    for (size_t index = 0; index < length; index++) {
        if (strchr(" \t\r", text[index]) == NULL) return false;
    }
    return true;
}

static void read_lines(luahost_data_file *file, const char *start) {
    const char *end = file->bytes + file->length;
    for (size_t line = 1; start < end; line++) {
        const char *feed = memchr(start, '\n', (size_t)(end - start));
        size_t length = (size_t)((feed == NULL ? end : feed) - start);
        if (!is_blank(start, length)) {
            add_field(file, start, length);
            add_row(file, line);
        }
        start += length + 1;
    }
}

/* ---- opening ---- */

static bool is_csv(const char *path, const char *text, const char *end) {
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcasecmp(dot, ".csv") == 0) return true;
    while (text < end && strchr(" \t\r\n", *text) != NULL) text++;
    return text == end ? false : *text != '{' && *text != '[';
}

static bool parse(luahost_data_file *file, char *error, size_t size) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (!read_bytes(file, error, size)) return false;
    char *start = file->bytes;
    if (file->length >= 3 && memcmp(start, mark, 3) == 0) start += 3;
    if (is_csv(file->path, start, file->bytes + file->length)) return read_csv(file, start, error, size);
    read_lines(file, start);
    return true;
}

static void free_file(luahost_data_file *file) {
    free(file->path);
    free(file->bytes);
    free(file->fields);
    free(file->lines);
    free(file);
}

luahost_data_file *luahost_data_file_open(const char *path, char *error, size_t size) {
    pthread_mutex_lock(&lock);
    luahost_data_file *file = files;
    while (file != NULL && strcmp(file->path, path) != 0) file = file->next;
    if (file == NULL) {
        file = calloc(1, sizeof *file);
        if (file == NULL || (file->path = strdup(path)) == NULL) luahost_out_of_memory();
        if (parse(file, error, size)) {
            file->next = files;
            files = file;
        } else {
            free_file(file);
            file = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    return file;
}

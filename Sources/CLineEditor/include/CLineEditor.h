/* libedit for Swift, which cannot call its functions with variable arguments.
 *
 * An editor is used by one thread at a time: `line_editor_lock` and `_unlock` are around every call but create. The
 * thread that is inside `line_editor_read` holds the lock, except while its callbacks give it up. */
#ifndef CLINEEDITOR_H
#define CLINEEDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wchar.h>

typedef struct line_editor line_editor;

typedef struct line_editor_callbacks {
    /* The next character; false ends the line. */
    bool (*next)(void *context, wchar_t *character);
    /* The key for completion was pressed. */
    void (*complete)(void *context);
} line_editor_callbacks;

/* The line that is edited. */
typedef struct line_editor_line {
    const wchar_t *text;
    size_t length, cursor;
} line_editor_line;

/* An editor on the standard input and output, which are a terminal. Returns NULL if libedit cannot use it. */
line_editor *line_editor_create(
    const char *program, int history_size, line_editor_callbacks callbacks, void *context);

/* Takes the editor for this thread, whose characters are UTF-8 meanwhile. */
void line_editor_lock(line_editor *editor);
void line_editor_unlock(line_editor *editor);

/* Edits one line. Returns false without a line. */
bool line_editor_read(line_editor *editor, const wchar_t *prompt);
line_editor_line line_editor_current(line_editor *editor);
void line_editor_insert(line_editor *editor, const wchar_t *text);
/* Adds a line to the history that the arrow keys go through. */
void line_editor_remember(line_editor *editor, const wchar_t *text);
/* Shows the prompt and the line, at the beginning of a line of the terminal. */
void line_editor_show(line_editor *editor);
void line_editor_resize(line_editor *editor);
/* Whether each key is read at once, or the terminal is as it was before. */
void line_editor_set_raw(line_editor *editor, bool is_raw);

/* The columns that a character takes, for a thread that has the lock; -1 if it is not printable. */
int line_editor_width(wchar_t character);

/* Replaces C's standard output and error, as far as they are terminals, by files that call `write`. */
void line_editor_replace_streams(
    ssize_t (*write_output)(void *cookie, const char *bytes, size_t length),
    ssize_t (*write_error)(void *cookie, const char *bytes, size_t length));

#endif

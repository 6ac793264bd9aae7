#define _GNU_SOURCE
#include "CLineEditor.h"

#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct line_editor {
    EditLine *edit;
    HistoryW *history;
    FILE *terminal;
    const wchar_t *prompt;
    line_editor_callbacks callbacks;
    void *context;
    pthread_mutex_t lock;
    locale_t characters;
    locale_t before; /* of the thread that has the lock */
};

static line_editor *editor_of(EditLine *edit) {
    line_editor *editor = NULL;
    el_wget(edit, EL_CLIENTDATA, &editor);
    return editor;
}

static wchar_t *prompt(EditLine *edit) {
    return (wchar_t *)editor_of(edit)->prompt;
}

static int next(EditLine *edit, wchar_t *character) {
    line_editor *editor = editor_of(edit);
    return editor->callbacks.next(editor->context, character) ? 1 : 0;
}

static unsigned char complete(EditLine *edit, int key) {
    (void)key;
    line_editor *editor = editor_of(edit);
    editor->callbacks.complete(editor->context);
    return CC_REFRESH;
}

void line_editor_lock(line_editor *editor) {
    pthread_mutex_lock(&editor->lock);
    editor->before = uselocale(editor->characters);
}

void line_editor_unlock(line_editor *editor) {
    uselocale(editor->before);
    pthread_mutex_unlock(&editor->lock);
}

static void set_up(line_editor *editor, int history_size) {
    EditLine *edit = editor->edit;
    HistEventW event;
    history_w(editor->history, &event, H_SETSIZE, history_size);
    history_w(editor->history, &event, H_SETUNIQUE, 1);
    el_wset(edit, EL_CLIENTDATA, editor);
    el_wset(edit, EL_SIGNAL, 0);
    el_wset(edit, EL_EDITOR, L"emacs");
    el_wset(edit, EL_PROMPT, prompt);
    el_wset(edit, EL_HIST, history_w, editor->history);
    el_wset(edit, EL_GETCFN, next);
    el_wset(edit, EL_ADDFN, L"complete-name", L"Completes a name", complete);
    el_wset(edit, EL_BIND, L"^I", L"complete-name", NULL);
    el_wset(edit, EL_BIND, L"^R", L"em-inc-search-prev", NULL);
    /* Home, End and Delete, and words by Control and arrows, as terminals send them. */
    el_wset(edit, EL_BIND, L"\\e[H", L"ed-move-to-beg", NULL);
    el_wset(edit, EL_BIND, L"\\e[F", L"ed-move-to-end", NULL);
    el_wset(edit, EL_BIND, L"\\e[3~", L"ed-delete-next-char", NULL);
    el_wset(edit, EL_BIND, L"\\e[1;5C", L"em-next-word", NULL);
    el_wset(edit, EL_BIND, L"\\e[1;5D", L"ed-prev-word", NULL);
    /* The user's ~/.editrc, as in every program with libedit. */
    el_source(edit, NULL);
}

line_editor *line_editor_create(
    const char *program, int history_size, line_editor_callbacks callbacks, void *context) {
    line_editor *editor = calloc(1, sizeof *editor);
    if (editor == NULL) abort();
    int descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) {
        free(editor);
        return NULL;
    }
    editor->callbacks = callbacks;
    editor->context = context;
    pthread_mutex_init(&editor->lock, NULL);
    editor->characters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (editor->characters == (locale_t)0) editor->characters = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (editor->characters == (locale_t)0) editor->characters = LC_GLOBAL_LOCALE;
    /* A file besides `stdout`, whose writers want the editor's lock. */
    editor->terminal = fdopen(descriptor, "w");
    line_editor_lock(editor);
    editor->edit = el_init_fd(
        program, stdin, editor->terminal, editor->terminal, STDIN_FILENO, descriptor, descriptor);
    editor->history = history_winit();
    bool is_usable = editor->edit != NULL && editor->history != NULL;
    if (is_usable) set_up(editor, history_size);
    line_editor_unlock(editor);
    if (is_usable) return editor;
    if (editor->edit != NULL) el_end(editor->edit);
    if (editor->history != NULL) history_wend(editor->history);
    fclose(editor->terminal);
    free(editor);
    return NULL;
}

bool line_editor_read(line_editor *editor, const wchar_t *text) {
    editor->prompt = text;
    int count = 0;
    return el_wgets(editor->edit, &count) != NULL && count > 0;
}

line_editor_line line_editor_current(line_editor *editor) {
    const LineInfoW *line = el_wline(editor->edit);
    return (line_editor_line){
        line->buffer, (size_t)(line->lastchar - line->buffer), (size_t)(line->cursor - line->buffer)};
}

void line_editor_insert(line_editor *editor, const wchar_t *text) {
    el_winsertstr(editor->edit, text);
}

void line_editor_remember(line_editor *editor, const wchar_t *text) {
    HistEventW event;
    history_w(editor->history, &event, H_ENTER, text);
}

void line_editor_show(line_editor *editor) {
    el_wset(editor->edit, EL_REFRESH);
}

void line_editor_resize(line_editor *editor) {
    el_resize(editor->edit);
}

void line_editor_set_raw(line_editor *editor, bool is_raw) {
    el_wset(editor->edit, EL_PREP_TERM, (int)is_raw);
}

int line_editor_width(wchar_t character) {
    return wcwidth(character);
}

static FILE *with_writer(cookie_write_function_t *writer, int mode) {
    FILE *file = fopencookie(NULL, "w", (cookie_io_functions_t){.write = writer});
    if (file == NULL) abort();
    setvbuf(file, NULL, mode, BUFSIZ);
    return file;
}

void line_editor_replace_streams(
    ssize_t (*write_output)(void *cookie, const char *bytes, size_t length),
    ssize_t (*write_error)(void *cookie, const char *bytes, size_t length)) {
    fflush(stdout);
    if (isatty(STDOUT_FILENO)) stdout = with_writer(write_output, _IOLBF);
    if (isatty(STDERR_FILENO)) stderr = with_writer(write_error, _IONBF);
}

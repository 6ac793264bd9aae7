/* Programs that a script starts: os.execute and io.popen. The C library's own functions would do for a script that
 * is alone, but system() has the whole process ignore SIGINT while its child runs, and both leave to the child what
 * this process ignores and every descriptor that a library of it has opened. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/hook.h"
#include "library/library.h"

extern char **environ;

/* ---- descriptors ---- */

/* Descriptors that this process was started with, such as a shell's <(…), is for its children too; more than that
 * many are not. */
#define MOST_INHERITED 64

static int inherited[MOST_INHERITED];
static size_t inherited_count;

static int compare(const void *left, const void *right) {
    return *(const int *)left - *(const int *)right;
}

void luahost_note_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) return;
    inherited_count = 0;
    for (struct dirent *entry; inherited_count < MOST_INHERITED && (entry = readdir(folder)) != NULL;) {
        int descriptor = atoi(entry->d_name);
        if (descriptor <= STDERR_FILENO || descriptor == dirfd(folder)) continue;
        inherited[inherited_count++] = descriptor;
    }
    closedir(folder);
    qsort(inherited, inherited_count, sizeof *inherited, compare);
}

/* In the child. */
static void close_from(unsigned first, unsigned last) {
    if (first > last) return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, 0) == 0) return;
#endif
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    for (unsigned descriptor = first; descriptor <= last && descriptor < limit.rlim_cur; descriptor++) {
        close((int)descriptor);
    }
}

static void close_others(void) {
    unsigned first = STDERR_FILENO + 1;
    for (size_t index = 0; index < inherited_count; index++) {
        close_from(first, (unsigned)inherited[index] - 1);
        first = (unsigned)inherited[index] + 1;
    }
    close_from(first, ~0u);
}

/* ---- a child ---- */

/* One that was started and not waited for yet. */
typedef struct program {
    pid_t pid;
    luahost_loop *loop;
    struct program *previous, *next;
} program;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static program *programs; /* under the lock */

typedef struct child {
    char *const *arguments;
    int end, standard; /* of a pipe, and which standard descriptor it becomes; -1: none */
    volatile int error;
} child;

/* It has this process's memory until it becomes the shell, but signals of its own: a handler that ran here would run
 * there. */
static _Noreturn void become(child *child) {
    struct sigaction by_default = {.sa_handler = SIG_DFL}, now;
    for (int number = 1; number < NSIG; number++) {
        if (sigaction(number, NULL, &now) != 0 || now.sa_handler == SIG_DFL) continue;
        /* A signal that was ignored before this program began stays so; it ignores SIGPIPE itself. */
        if (now.sa_handler != SIG_IGN || number == SIGPIPE) sigaction(number, &by_default, NULL);
    }
    bool is_ready = true;
    if (child->end >= 0 && child->end != child->standard) is_ready = dup2(child->end, child->standard) >= 0;
    else if (child->end >= 0) is_ready = fcntl(child->end, F_SETFD, 0) == 0;
    if (is_ready) {
        close_others();
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve("/bin/sh", child->arguments, environ);
    }
    child->error = errno;
    _exit(127);
}

static pid_t reap(pid_t pid, int *status) {
    pid_t result;
    do result = waitpid(pid, status, 0); while (result < 0 && errno == EINTR);
    return result;
}

/* Starts the command in a shell; -1 and errno where that fails. The copy of a big process's memory tables would take
 * long, so it is vfork. */
static pid_t start_shell(const char *command, int end, int standard) {
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};
    child child = {.arguments = arguments, .end = end, .standard = standard};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = vfork();
    if (pid == 0) become(&child);
    int error = pid < 0 ? errno : child.error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) return pid;
    if (pid > 0) reap(pid, &(int){0});
    errno = error;
    return -1;
}

static bool start(lua_State *L, program *program, const char *command, int end, int standard) {
    program->pid = start_shell(command, end, standard);
    if (program->pid < 0) return false;
    program->loop = luahost_vm_of(L)->loop;
    program->previous = NULL;
    pthread_mutex_lock(&lock);
    program->next = programs;
    if (programs != NULL) programs->previous = program;
    programs = program;
    pthread_mutex_unlock(&lock);
    return true;
}

/* Takes it into memory of its caller's, and frees what it was in. */
static void move(program *from, program *to) {
    pthread_mutex_lock(&lock);
    *to = *from;
    if (to->previous != NULL) to->previous->next = to; else programs = to;
    if (to->next != NULL) to->next->previous = to;
    pthread_mutex_unlock(&lock);
    free(from);
}

/* The number of one that is gone may be another's: it is forgotten before the system may do so. */
static pid_t await_end(program *program, int *status) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)program->pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
    pthread_mutex_lock(&lock);
    if (program->previous != NULL) program->previous->next = program->next; else programs = program->next;
    if (program->next != NULL) program->next->previous = program->previous;
    pthread_mutex_unlock(&lock);
    return reap(program->pid, status);
}

/* A shell's own programs are to end with it. Reads what the system says of them, up to `most` with those that are
 * there. */
static size_t add_family(pid_t pid, pid_t *family, size_t count, size_t most) {
    if (count == most) return count;
    family[count++] = pid;
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, (long)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return count;
    long child;
    while (fscanf(file, "%ld", &child) == 1) count = add_family((pid_t)child, family, count, most);
    fclose(file);
    return count;
}

bool luahost_loop_end_programs(const luahost_loop *loop) {
    bool found = false;
    pthread_mutex_lock(&lock);
    for (const program *program = programs; program != NULL; program = program->next) {
        if (loop != NULL && program->loop != loop) continue;
        found = true;
        pid_t family[64];
        size_t count = add_family(program->pid, family, 0, sizeof family / sizeof *family);
        for (size_t index = 0; index < count; index++) kill(family[index], SIGTERM);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

/* The results of os.execute and of a process's file:close(). */
static int push_result(lua_State *L, program *program, bool is_started) {
    int status = 0;
    if (!is_started || await_end(program, &status) < 0) return luaL_fileresult(L, 0, NULL);
    errno = 0;
    return luaL_execresult(L, status);
}

/* ---- os.execute ---- */

static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    if (command == NULL) {
        lua_pushboolean(L, access("/bin/sh", X_OK) == 0);
        return 1;
    }
    luahost_block_begin(L, "os.execute");
    program program;
    bool is_started = start(L, &program, command, -1, -1);
    int results = push_result(L, &program, is_started);
    luahost_block_end(L);
    return results;
}

void luahost_execute_open(lua_State *L) {
    lua_pushcfunction(L, execute);
    lua_setfield(L, -2, "execute");
}

/* ---- io.popen ---- */

/* A file of Lua's io library, which knows it by its metatable and looks at the stream alone. The program is not in
 * it: a script may take the finalizer away, and the file is gone then without having been closed. */
typedef struct process_file {
    luaL_Stream stream;
    program *program;
} process_file;

static int close_process(lua_State *L) {
    process_file *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    luahost_block_begin(L, "file:close");
    fclose(file->stream.f);
    program program;
    move(file->program, &program);
    int results = push_result(L, &program, true);
    luahost_block_end(L);
    return results;
}

static int open_process(lua_State *L) {
    const char *command = luaL_checkstring(L, 1);
    const char *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, (mode[0] == 'r' || mode[0] == 'w') && mode[1] == '\0', 2, "invalid mode");
    bool reads = mode[0] == 'r';
    process_file *file = lua_newuserdatauv(L, sizeof *file, 0);
    file->stream.closef = NULL;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    luahost_flush();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return luaL_fileresult(L, 0, command);
    int own = ends[!reads], other = ends[reads];
    file->stream.f = fdopen(own, mode);
    if (file->stream.f == NULL) {
        int error = errno;
        close(own);
        close(other);
        errno = error;
        return luaL_fileresult(L, 0, command);
    }
    file->program = malloc(sizeof *file->program);
    if (file->program == NULL) luahost_out_of_memory();
    bool is_started = start(L, file->program, command, other, reads ? STDOUT_FILENO : STDIN_FILENO);
    int error = errno;
    close(other);
    if (!is_started) {
        free(file->program);
        fclose(file->stream.f);
        errno = error;
        return luaL_fileresult(L, 0, command);
    }
    file->stream.closef = close_process;
    return 1;
}

void luahost_popen_open(lua_State *L) {
    lua_pushcfunction(L, open_process);
    lua_setfield(L, -2, "popen");
}

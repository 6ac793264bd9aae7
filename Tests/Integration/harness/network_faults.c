/* Loaded before libc (LD_PRELOAD): what a network does at moments that a test cannot choose. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The name server never answers for hangs.invalid; two.invalid has the addresses ::1 and 127.0.0.1,
   dotted.invalid. has the latter. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node != NULL && strcmp(node, "hangs.invalid") == 0) {
        for (;;) pause();
    }
    if (node != NULL && strcmp(node, "dotted.invalid.") == 0) return real("127.0.0.1", service, hints, list);
    if (node != NULL && strcmp(node, "two.invalid") == 0) {
        struct addrinfo numeric = *hints;
        numeric.ai_flags |= AI_NUMERICHOST;
        struct addrinfo *second;
        if (real("::1", service, &numeric, list) != 0 || real("127.0.0.1", service, &numeric, &second) != 0) return EAI_FAIL;
        struct addrinfo *last = *list;
        while (last->ai_next != NULL) last = last->ai_next;
        last->ai_next = second;
        return 0;
    }
    return real(node, service, hints, list);
}

/* With CONNECT_UNTIL_RESET the connection is there, and reset again, before its owner looks. */
int connect(int socket, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t);
    *(void **)&real = dlsym(RTLD_NEXT, "connect");
    int result = real(socket, address, length);
    if (result == -1 && errno == EINPROGRESS && getenv("CONNECT_UNTIL_RESET") != NULL) {
        struct pollfd waiting = {.fd = socket};
        poll(&waiting, 1, 10000);
        errno = EINPROGRESS;
    }
    return result;
}

/* EPOLL_CTL=add: the system watches no further socket; EPOLL_CTL=change: it has no memory to change the events
   of one. */
int epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event) {
    int (*real)(int, int, int, struct epoll_event *);
    *(void **)&real = dlsym(RTLD_NEXT, "epoll_ctl");
    const char *fault = getenv("EPOLL_CTL");
    struct stat status;
    int is_socket = fault != NULL && fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
    if (is_socket && operation == EPOLL_CTL_ADD && strcmp(fault, "add") == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (is_socket && operation == EPOLL_CTL_MOD && strcmp(fault, "change") == 0) {
        errno = ENOMEM;
        return -1;
    }
    return real(epoll, operation, descriptor, event);
}

/* IO_URING=forbidden is a container whose runtime forbids it, IO_URING=exhausted a kernel that has no memory for it
   after 20 calls. */
static int is_io_uring_refused(long number) {
    static int calls;
    const char *fault = getenv("IO_URING");
    if (fault == NULL) return 0;
    if (number == SYS_io_uring_setup && strcmp(fault, "forbidden") == 0) return EPERM;
    if (number == SYS_io_uring_enter && strcmp(fault, "exhausted") == 0 && ++calls > 20) return ENOMEM;
    return 0;
}

long syscall(long number, ...) {
    long (*real)(long, ...);
    *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    int refusal = is_io_uring_refused(number);
    if (refusal != 0) {
        errno = refusal;
        return -1;
    }
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

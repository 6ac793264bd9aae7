/* Many sends or receives in one system call: io_uring(7), used synchronously. Each of them is one that does not wait,
   so the kernel has finished all when the call returns, and no memory is lent to it for longer. */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct epoll_loop_batch {
    int descriptor;
    /* How many were added since the last time: the first of `entries`. */
    unsigned count;
    unsigned *submissions, *submission_tail, *completion_head, *completion_tail;
    unsigned submission_mask, completion_mask;
    struct io_uring_sqe *entries;
    struct io_uring_cqe *completions;
    void *rings;
    size_t rings_length, entries_length;
} epoll_loop_batch;

static inline void epoll_loop_batch_close(epoll_loop_batch *batch) {
    if (batch->rings != NULL) munmap(batch->rings, batch->rings_length);
    if (batch->entries != NULL) munmap(batch->entries, batch->entries_length);
    if (batch->descriptor >= 0) close(batch->descriptor);
}

static inline void *epoll_loop_batch_map(int descriptor, size_t length, off_t what) {
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, what);
    return memory == MAP_FAILED ? NULL : memory;
}

/* For `limit` calls at a time, a power of two, on this thread only. False if the kernel is older than 6.1 or forbids
   it. epoll_loop_batch_close has to follow either way. */
static inline int epoll_loop_batch_open(epoll_loop_batch *batch, unsigned limit) {
    struct io_uring_params parameters;
    memset(&parameters, 0, sizeof parameters);
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
    memset(batch, 0, sizeof *batch);
    batch->descriptor = (int)syscall(SYS_io_uring_setup, limit, &parameters);
    if (batch->descriptor < 0) return 0;
    const struct io_sqring_offsets *submissions = &parameters.sq_off;
    const struct io_cqring_offsets *completions = &parameters.cq_off;
    size_t submissions_length = submissions->array + parameters.sq_entries * sizeof(unsigned);
    size_t completions_length = completions->cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
    batch->rings_length = submissions_length > completions_length ? submissions_length : completions_length;
    batch->entries_length = parameters.sq_entries * sizeof(struct io_uring_sqe);
    batch->rings = epoll_loop_batch_map(batch->descriptor, batch->rings_length, IORING_OFF_SQ_RING);
    batch->entries = (struct io_uring_sqe *)epoll_loop_batch_map(
        batch->descriptor, batch->entries_length, IORING_OFF_SQES);
    if (batch->rings == NULL || batch->entries == NULL) return 0;
    char *rings = (char *)batch->rings;
    batch->submissions = (unsigned *)(rings + submissions->array);
    batch->submission_tail = (unsigned *)(rings + submissions->tail);
    batch->submission_mask = *(unsigned *)(rings + submissions->ring_mask);
    batch->completion_head = (unsigned *)(rings + completions->head);
    batch->completion_tail = (unsigned *)(rings + completions->tail);
    batch->completion_mask = *(unsigned *)(rings + completions->ring_mask);
    batch->completions = (struct io_uring_cqe *)(rings + completions->cqes);
    return 1;
}

/* The result goes to results[place]. */
static inline void epoll_loop_batch_add(
    epoll_loop_batch *batch, uint8_t operation, unsigned place, int socket, const void *bytes, size_t length) {
    struct io_uring_sqe *entry = &batch->entries[batch->count++];
    memset(entry, 0, sizeof *entry);
    entry->opcode = operation;
    entry->fd = socket;
    entry->addr = (uint64_t)(uintptr_t)bytes;
    entry->len = length > INT32_MAX ? INT32_MAX : (uint32_t)length;
    entry->msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    entry->user_data = place;
}

static inline void epoll_loop_batch_add_send(
    epoll_loop_batch *batch, unsigned place, int socket, const void *bytes, size_t length) {
    epoll_loop_batch_add(batch, IORING_OP_SEND, place, socket, bytes, length);
}

static inline void epoll_loop_batch_add_receive(
    epoll_loop_batch *batch, unsigned place, int socket, void *bytes, size_t length) {
    epoll_loop_batch_add(batch, IORING_OP_RECV, place, socket, bytes, length);
}

static inline int epoll_loop_batch_enter(epoll_loop_batch *batch, unsigned submitted, unsigned awaited) {
    return (int)syscall(
        SYS_io_uring_enter, batch->descriptor, submitted, awaited, awaited > 0 ? IORING_ENTER_GETEVENTS : 0, NULL, 0);
}

/* Passes all added calls to the kernel, which takes them in this order; returns how many it took. The rest is taken
   back, if the kernel has no memory or forbids it after all. */
static inline unsigned epoll_loop_batch_hand_over(epoll_loop_batch *batch) {
    unsigned tail = *batch->submission_tail, taken = 0;
    for (unsigned index = 0; index < batch->count; index++)
        batch->submissions[(tail + index) & batch->submission_mask] = index;
    __atomic_store_n(batch->submission_tail, tail + batch->count, __ATOMIC_RELEASE);
    while (taken < batch->count) {
        int result = epoll_loop_batch_enter(batch, batch->count - taken, 0);
        if (result > 0) taken += (unsigned)result;
        else if (result == 0 || errno != EINTR) break;
    }
    if (taken < batch->count) __atomic_store_n(batch->submission_tail, tail + taken, __ATOMIC_RELEASE);
    return taken;
}

/* Makes the calls that were added and forgets them. results[place] is the result of one, or -errno; unchanged if the
   kernel did not make it. */
static inline void epoll_loop_batch_submit(epoll_loop_batch *batch, int32_t *results) {
    unsigned left = epoll_loop_batch_hand_over(batch);
    while (left > 0) {
        unsigned head = *batch->completion_head;
        unsigned tail = __atomic_load_n(batch->completion_tail, __ATOMIC_ACQUIRE);
        if (head == tail) {
            epoll_loop_batch_enter(batch, 0, left);
            continue;
        }
        for (; head != tail; head++, left--) {
            const struct io_uring_cqe *completion = &batch->completions[head & batch->completion_mask];
            results[completion->user_data] = completion->res;
        }
        __atomic_store_n(batch->completion_head, head, __ATOMIC_RELEASE);
    }
    batch->count = 0;
}

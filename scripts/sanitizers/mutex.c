/* Announces Swift's Mutex to ThreadSanitizer where it cannot see it: a thread that finds the mutex taken waits within
 * the standard library, by a system call, and that library is not instrumented. Without this, the data behind a mutex
 * that threads compete for is reported as a race. To be preloaded; it changes no behaviour. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define CONTEXT __attribute__((swift_context))

typedef __attribute__((swiftcall)) void lock_function(uint32_t thread, CONTEXT void *mutex);
typedef __attribute__((swiftcall)) void unlock_function(CONTEXT void *mutex);

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

/* Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(), as Swift 6 exports them. */
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

lock_function lock __asm__(LOCK);
unlock_function unlock __asm__(UNLOCK);

__attribute__((swiftcall)) void lock(uint32_t thread, CONTEXT void *mutex) {
    ((lock_function *)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock(CONTEXT void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((unlock_function *)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}

/// The operating system's figures about this process.
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>

/// A clock that never goes back, in nanoseconds.
uint64_t monotonic_ns(void);

/// The same clock in milliseconds, cheaper and only as exact as the kernel's tick.
uint64_t monotonic_ms_coarse(void);

/// User and system time used so far, in seconds.
double process_cpu_seconds(void);

/// Resident memory in KiB.
long process_resident_kib(void);

/// Allows as many descriptors as the hard limit does.
void raise_descriptor_limit(void);

#endif

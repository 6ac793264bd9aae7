/// Latencies counted in classes at most 1/64 wide of their value, so that no sample is stored.
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stdint.h>

void latency_record(uint64_t nanoseconds);

/// The latency that `share` (0 to 1) of the samples do not exceed, in microseconds; 0 without samples.
double latency_quantile_us(double share);

#endif

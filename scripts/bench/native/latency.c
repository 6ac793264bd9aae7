#include "latency.h"

enum { CLASS_BITS = 6, CLASSES_PER_OCTAVE = 1 << CLASS_BITS, CLASS_COUNT = (64 - CLASS_BITS + 1) * CLASSES_PER_OCTAVE };

static uint64_t counts[CLASS_COUNT];
static uint64_t total;

static unsigned class_of(uint64_t value)
{
    if (value < CLASSES_PER_OCTAVE) {
        return (unsigned)value;
    }
    unsigned exponent = 63 - (unsigned)__builtin_clzll(value);
    unsigned octave = exponent - CLASS_BITS + 1;
    unsigned position = (unsigned)(value >> (exponent - CLASS_BITS)) % CLASSES_PER_OCTAVE;
    return octave * CLASSES_PER_OCTAVE + position;
}

static uint64_t least_value_of(unsigned class)
{
    unsigned octave = class / CLASSES_PER_OCTAVE;
    uint64_t position = class % CLASSES_PER_OCTAVE;
    if (octave == 0) {
        return position;
    }
    return (CLASSES_PER_OCTAVE + position) << (octave - 1);
}

void latency_record(uint64_t nanoseconds)
{
    counts[class_of(nanoseconds)]++;
    total++;
}

double latency_quantile_us(double share)
{
    uint64_t seen = 0;
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        seen += counts[class];
        if (total > 0 && (double)seen >= share * (double)total) {
            return (double)least_value_of(class) / 1e3;
        }
    }
    return 0;
}

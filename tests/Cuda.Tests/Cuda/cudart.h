/* What the two halves of the CUDA runtime share: cudart.c has devices, streams and kernels, cudart_memory.c has memory. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "stand_in.h"

/* Only CUDA's functions and the tests' are to be seen from outside. */
#define INSIDE __attribute__((visibility("hidden")))

enum { out_of_memory = 2, invalid_value = 1, invalid_device = 101, not_while_capturing = 900 };

/* Read by the tests: StandInLog.cs has the same members. */
struct log {
    int64_t allocations, live_bytes, peak_bytes, host_blocks, to_device_bytes, to_host_bytes, on_device_bytes, launches, captures, replays, faults, pinned_blocks,
        to_host_copies;
};

/* Held by whoever changes what follows. */
extern INSIDE pthread_mutex_t gate;
extern INSIDE struct log counted;

/* Bytes that a device has. */
extern INSIDE size_t memory;

/* Whether a graph is being recorded, and the error that never goes away, once it is there. */
extern INSIDE int capturing, lost;

/* Nothing is pinned any more. */
INSIDE void unpin_all(void);

/* What a function returns, which the last error then is. */
INSIDE int answer(int error);

/* The caller did what no program may do; CUDA itself would often not notice. */
INSIDE void fault(const char *what, const void *address, size_t bytes);

/*
 * libcudart.so.13: memory. That of the device is a range of addresses that the host may not touch, so that whoever does so falls at once. What copies
 * bring there lies in a shadow of the range.
 */
#include "cudart.h"
#include <sys/mman.h>

enum { host_to_host, host_to_device, device_to_host, device_to_device, whatever };

/* Addresses are given out once, but for blocks of one size. */
#define SPACE ((size_t)1 << 37)
#define PAGE ((size_t)4096)
#define MOST_BLOCKS 65536

static struct { char *at; size_t bytes; int live; } blocks[MOST_BLOCKS];
static int block_count;
static char *device, *shadow;
static size_t given;

static int on_device(const void *address) { return device && (const char *)address >= device && (const char *)address < device + SPACE; }

static void *reachable(const void *address) { return on_device(address) ? shadow + ((const char *)address - device) : (void *)address; }

/* The block that holds all these bytes, or -1. */
static int block_of(const void *address, size_t bytes) {
    const char *first = address;
    for (int i = 0; i < block_count; i++)
        if (blocks[i].live && first >= blocks[i].at && first + bytes <= blocks[i].at + blocks[i].bytes)
            return i;
    return -1;
}

/* A block that was freed, or fresh addresses; -1: there are none. */
static int take(size_t bytes) {
    for (int i = 0; i < block_count; i++)
        if (!blocks[i].live && blocks[i].bytes == bytes)
            return i;
    if (!device) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void *apart = mmap(NULL, SPACE, PROT_NONE, flags, -1, 0), *beside = mmap(NULL, SPACE, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (apart == MAP_FAILED || beside == MAP_FAILED)
            return -1;
        device = apart;
        shadow = beside;
    }
    if (block_count == MOST_BLOCKS || given + bytes > SPACE)
        return -1;
    blocks[block_count].at = device + given;
    blocks[block_count].bytes = bytes;
    given += bytes;
    return block_count++;
}

static int allocate(void **made, size_t bytes) {
    bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    *made = NULL;
    if (capturing)
        return not_while_capturing;
    if (counted.live_bytes + bytes > memory)
        return out_of_memory;
    int block = take(bytes);
    if (block < 0)
        return out_of_memory;
    blocks[block].live = 1;
    *made = blocks[block].at;
    counted.allocations++;
    counted.live_bytes += bytes;
    if (counted.live_bytes > counted.peak_bytes)
        counted.peak_bytes = counted.live_bytes;
    return 0;
}

int cudaMalloc(void **made, size_t bytes) {
    pthread_mutex_lock(&gate);
    int error = lost ? lost : allocate(made, bytes);
    pthread_mutex_unlock(&gate);
    return answer(error);
}

int cudaMallocFromPoolAsync(void **made, size_t bytes) { return cudaMalloc(made, bytes); }

int cudaFree(void *address) {
    if (!address)
        return answer(0);
    pthread_mutex_lock(&gate);
    int block = block_of(address, 1);
    if (block < 0 || blocks[block].at != address) {
        fault("free of what was not allocated", address, 0);
        block = -1;
    } else {
        blocks[block].live = 0;
        counted.live_bytes -= blocks[block].bytes;
        /* The next owner finds zeros. Nothing is computed, but what comes out must be numbers: training looks whether its losses are. */
        madvise(reachable(address), blocks[block].bytes, MADV_DONTNEED);
    }
    pthread_mutex_unlock(&gate);
    return answer(block < 0 ? invalid_value : 0);
}

int cudaFreeAsync(void *address) { return cudaFree(address); }

int cudaHostAlloc(void **made, size_t bytes) {
    *made = aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
    if (!*made)
        return answer(out_of_memory);
    __atomic_fetch_add(&counted.host_blocks, 1, __ATOMIC_RELAXED);
    return answer(0);
}

int cudaMallocHost(void **made, size_t bytes) { return cudaHostAlloc(made, bytes); }

int cudaFreeHost(void *address) {
    if (address)
        __atomic_fetch_sub(&counted.host_blocks, 1, __ATOMIC_RELAXED);
    free(address);
    return answer(0);
}

/* Memory of the host that is pinned where it lies. */
enum { PINNED = 64, portable = 1, already_pinned = 712, not_pinned = 713 };
static void *pinned[PINNED];
static int refusal;

/* Pinning is refused with an error from now on; 0: it is not. */
void stand_in_refuse_pinning(int error) { refusal = error; }

void unpin_all(void) {
    memset(pinned, 0, sizeof pinned);
    refusal = 0;
}

static void **pinned_at(const void *address) {
    for (int i = 0; i < PINNED; i++)
        if (pinned[i] == address)
            return &pinned[i];
    return NULL;
}

int cudaHostRegister(void *address, size_t bytes, unsigned flags) {
    if (lost || refusal)
        return answer(refusal);
    if ((uintptr_t)address % PAGE || bytes % PAGE || flags != portable)
        return answer(invalid_value);
    pthread_mutex_lock(&gate);
    void **place = pinned_at(NULL);
    int error = pinned_at(address) ? already_pinned : place ? 0 : out_of_memory;
    if (!error) {
        *place = address;
        counted.pinned_blocks++;
    }
    pthread_mutex_unlock(&gate);
    return answer(error);
}

/* Of a device that has failed nothing is unpinned. */
int cudaHostUnregister(void *address) {
    if (lost)
        return answer(lost);
    pthread_mutex_lock(&gate);
    void **place = pinned_at(address);
    if (place) {
        *place = NULL;
        counted.pinned_blocks--;
    }
    pthread_mutex_unlock(&gate);
    return answer(place ? 0 : not_pinned);
}

/* Whether an end of a copy lies where it may. */
static void check(const void *address, size_t bytes) {
    if (on_device(address) && block_of(address, bytes) < 0)
        fault("copy from or to what is not allocated", address, bytes);
}

static int copy(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind) {
    if (width * height == 0)
        return answer(0);
    pthread_mutex_lock(&gate);
    int found = on_device(to) ? (on_device(from) ? device_to_device : host_to_device) : on_device(from) ? device_to_host : host_to_host;
    if (kind != whatever && kind != found)
        fault("copy of another kind than its addresses say", on_device(to) ? to : from, width * height);
    check(to, to_pitch * (height - 1) + width);
    check(from, from_pitch * (height - 1) + width);
    if (found == host_to_device)
        counted.to_device_bytes += width * height;
    else if (found == device_to_host)
        counted.to_host_bytes += width * height, counted.to_host_copies++;
    else if (found == device_to_device)
        counted.on_device_bytes += width * height;
    if (!lost)
        for (size_t row = 0; row < height; row++)
            memmove((char *)reachable(to) + row * to_pitch, (const char *)reachable(from) + row * from_pitch, width);
    pthread_mutex_unlock(&gate);
    return answer(0);
}

int cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
    return capturing ? answer(not_while_capturing) : copy(to, bytes, from, bytes, bytes, 1, kind);
}

int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind) { return copy(to, bytes, from, bytes, bytes, 1, kind); }

int cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind) {
    return copy(to, to_pitch, from, from_pitch, width, height, kind);
}

/* No kernel has written the symbol. */
int cudaMemcpyFromSymbol(void *to, const void *symbol, size_t bytes) {
    (void)symbol;
    memset(reachable(to), 0, bytes);
    return answer(0);
}

int cudaMemset(void *to, int value, size_t bytes) {
    pthread_mutex_lock(&gate);
    check(to, bytes);
    pthread_mutex_unlock(&gate);
    if (!lost)
        memset(reachable(to), value, bytes);
    return answer(0);
}

int cudaMemsetAsync(void *to, int value, size_t bytes) { return cudaMemset(to, value, bytes); }

int cudaMemGetInfo(size_t *available, size_t *total) {
    *total = memory;
    *available = memory > (size_t)counted.live_bytes ? memory - counted.live_bytes : 0;
    return answer(0);
}

struct pointer { int type, device; const void *there, *here; };

int cudaPointerGetAttributes(struct pointer *found, const void *address) {
    int apart = on_device(address);
    *found = (struct pointer){ apart ? 2 : 0, 0, apart ? address : NULL, apart ? NULL : address };
    return answer(0);
}

CREATES(cudaMemPoolCreate)
DESTROYS(cudaMemPoolDestroy)
NOTHING(cudaMemPoolSetAttribute)
NOTHING(cudaMemPoolTrimTo)

int cudaMemPoolGetAttribute(void *pool, int attribute, uint64_t *value) {
    (void)pool, (void)attribute;
    *value = 0;
    return answer(0);
}

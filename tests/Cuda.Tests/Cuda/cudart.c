/*
 * libcudart.so.13: the CUDA runtime. "Device memory" is a range of addresses that the host may not touch, so that whoever does so falls at once.
 * What copies bring there lies in a shadow of the range.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "stand_in.h"

enum { out_of_memory = 2, invalid_value = 1, invalid_device = 101, not_while_capturing = 900 };
enum { host_to_host, host_to_device, device_to_host, device_to_device, whatever };

/* Addresses are given out once, but for blocks of one size. */
#define SPACE ((size_t)1 << 40)
#define PAGE ((size_t)4096)
#define MOST_BLOCKS 65536

/* Read by the tests: StandInLog.cs has the same members. */
struct log {
    int64_t allocations, live_bytes, peak_bytes, host_blocks, to_device_bytes, to_host_bytes, on_device_bytes, launches, captures, replays, faults;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static struct log counted;
static struct { char *at; size_t bytes; int live; } blocks[MOST_BLOCKS];
static char *device, *shadow;
static size_t given, memory = (size_t)8 << 30;
static int block_count, devices = 1, capturing, lost, final_error; /* lost: the final error, once it is there */
static int64_t launches_left = -1;
static char last_fault[256];
static int last_error; /* CUDA has one for each thread; here the next test must not meet that of the last. */
static __thread int current;

/* ---- For the tests. */

/* Counts anew, on a device that works and of which nothing is known. */
void stand_in_begin(int64_t bytes, int count) {
    pthread_mutex_lock(&gate);
    struct log left = { .live_bytes = counted.live_bytes, .peak_bytes = counted.live_bytes, .host_blocks = counted.host_blocks };
    counted = left;
    memory = (size_t)bytes;
    devices = count;
    capturing = lost = last_error = 0;
    launches_left = -1;
    last_fault[0] = 0;
    pthread_mutex_unlock(&gate);
}

/* Changes the device's memory from now on. */
void stand_in_memory(int64_t bytes) { memory = (size_t)bytes; }

/* After so many launches every call fails with the same error, as after an illegal access of a kernel. */
void stand_in_fail_after(int64_t launches, int error) {
    final_error = error;
    launches_left = launches;
}

void stand_in_read(struct log *to) {
    pthread_mutex_lock(&gate);
    *to = counted;
    pthread_mutex_unlock(&gate);
}

/* What the last fault was; empty without. */
const char *stand_in_last_fault(void) { return last_fault; }

/* ---- Errors. */

static int answer(int error) {
    if (lost)
        error = lost;
    if (error)
        last_error = error;
    return error;
}

/* The caller did what no program may do; CUDA itself would often not notice. */
static void fault(const char *what, const void *address, size_t bytes) {
    counted.faults++;
    snprintf(last_fault, sizeof last_fault, "%s (address %p, %zu bytes)", what, address, bytes);
}

static const struct { int error; const char *name, *text; } errors[] = {
    { 0, "cudaSuccess", "no error" },
    { invalid_value, "cudaErrorInvalidValue", "invalid argument" },
    { out_of_memory, "cudaErrorMemoryAllocation", "out of memory" },
    { invalid_device, "cudaErrorInvalidDevice", "invalid device ordinal" },
    { 700, "cudaErrorIllegalAddress", "an illegal memory access was encountered" },
    { 715, "cudaErrorIllegalInstruction", "an illegal instruction was encountered" },
    { 719, "cudaErrorLaunchFailure", "unspecified launch failure" },
    { not_while_capturing, "cudaErrorStreamCaptureUnsupported", "operation not permitted when stream is capturing" },
};

#define ERRORS (sizeof errors / sizeof errors[0])

const char *cudaGetErrorName(int error) {
    for (size_t i = 0; i < ERRORS; i++)
        if (errors[i].error == error)
            return errors[i].name;
    return "cudaErrorUnknown";
}

const char *cudaGetErrorString(int error) {
    for (size_t i = 0; i < ERRORS; i++)
        if (errors[i].error == error)
            return errors[i].text;
    return "unknown error";
}

int cudaPeekAtLastError(void) { return lost ? lost : last_error; }

int cudaGetLastError(void) {
    int error = cudaPeekAtLastError();
    last_error = 0;
    return error;
}

/* ---- Memory. */

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
        counted.to_host_bytes += width * height;
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

/* ---- Devices. */

/* The first members of cudaDeviceProp of CUDA 13, which has 1008 bytes. */
struct properties {
    char name[256], uuid[16], luid[8];
    unsigned node_mask;
    size_t memory, shared_per_block;
    int registers_per_block, warp;
    size_t pitch;
    int threads_per_block, block[3], grid[3];
    size_t constants;
    int major, minor;
    size_t texture_alignment, texture_pitch_alignment;
    int multiprocessors;
    char rest[1008 - 388];
};

_Static_assert(sizeof(struct properties) == 1008, "cudaDeviceProp of CUDA 13");

int cudaGetDeviceProperties(struct properties *of, int number) {
    if (number < 0 || number >= devices)
        return answer(invalid_device);
    *of = (struct properties){
        .name = "Stand-in", .memory = memory, .shared_per_block = 49152, .registers_per_block = 65536, .warp = 32, .pitch = 0x7fffffff,
        .threads_per_block = 1024, .block = { 1024, 1024, 64 }, .grid = { 0x7fffffff, 65535, 65535 }, .constants = 65536, .major = 9, .minor = 0,
        .texture_alignment = 512, .texture_pitch_alignment = 32, .multiprocessors = 132,
    };
    return answer(0);
}

int cudaDeviceGetAttribute(int *value, int attribute, int number) {
    if (number < 0 || number >= devices)
        return answer(invalid_device);
    switch (attribute) {
    case 1: *value = 1024; break;      /* threads per block */
    case 8: *value = 49152; break;     /* shared memory per block */
    case 10: *value = 32; break;       /* threads of a warp */
    case 16: *value = 132; break;      /* multiprocessors */
    case 38: *value = 50 << 20; break; /* second cache */
    case 39: *value = 2048; break;     /* threads per multiprocessor */
    case 75: *value = 9; break;        /* compute capability, major */
    case 76: *value = 0; break;        /* and minor */
    case 81: *value = 233472; break;   /* shared memory per multiprocessor */
    case 97: *value = 232448; break;   /* shared memory per block, asked for */
    default: *value = 1; break;        /* whether it can do something: it can */
    }
    return answer(0);
}

int cudaGetDeviceCount(int *count) {
    *count = devices;
    return answer(0);
}

int cudaGetDevice(int *number) {
    *number = current;
    return answer(0);
}

int cudaSetDevice(int number) {
    if (number < 0 || number >= devices)
        return answer(invalid_device);
    current = number;
    return answer(0);
}

int cudaDriverGetVersion(int *version) {
    *version = 13000;
    return answer(0);
}

int cudaRuntimeGetVersion(int *version) { return cudaDriverGetVersion(version); }

int cudaDeviceSynchronize(void) { return answer(capturing ? not_while_capturing : 0); }

static int of_the_driver(void) { return 0; }

int cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version, unsigned long long flags, int *found) {
    (void)name, (void)version, (void)flags;
    *function = (void *)of_the_driver;
    if (found)
        *found = 0;
    return answer(0);
}

/* ---- Streams, events and graphs. All is done when its call returns, so that there is nothing to wait for. */

struct stream { int capturing; };

static struct stream of_all;

static struct stream *stream_of(struct stream *stream) { return (uintptr_t)stream > 2 ? stream : &of_all; }

CREATES(cudaStreamCreate)
CREATES(cudaStreamCreateWithFlags)
DESTROYS(cudaStreamDestroy)
CREATES(cudaEventCreate)
CREATES(cudaEventCreateWithFlags)
DESTROYS(cudaEventDestroy)
DESTROYS(cudaGraphDestroy)
DESTROYS(cudaGraphExecDestroy)

int cudaStreamSynchronize(struct stream *stream) { return answer(stream_of(stream)->capturing ? not_while_capturing : 0); }

int cudaStreamWaitEvent(void) { return answer(0); }
int cudaEventRecord(void) { return answer(0); }
int cudaEventRecordWithFlags(void) { return answer(0); }
int cudaEventSynchronize(void) { return answer(0); }

int cudaEventElapsedTime(float *milliseconds) {
    *milliseconds = 1;
    return answer(0);
}

int cudaStreamBeginCapture(struct stream *stream) {
    capturing = stream_of(stream)->capturing = 1;
    __atomic_fetch_add(&counted.captures, 1, __ATOMIC_RELAXED);
    return answer(0);
}

int cudaStreamEndCapture(struct stream *stream, void **graph) {
    capturing = stream_of(stream)->capturing = 0;
    *graph = calloc(1, 1);
    return answer(0);
}

int cudaStreamIsCapturing(struct stream *stream, int *status) {
    *status = stream_of(stream)->capturing;
    return answer(0);
}

CREATES(cudaGraphInstantiate)

int cudaGraphLaunch(void) {
    __atomic_fetch_add(&counted.replays, 1, __ATOMIC_RELAXED);
    return answer(0);
}

int cudaLaunchHostFunc(void *stream, void (*function)(void *), void *data) {
    (void)stream;
    function(data);
    return answer(0);
}

/* ---- Kernels. */

static int launch(void) {
    pthread_mutex_lock(&gate);
    counted.launches++;
    if (launches_left >= 0 && launches_left-- == 0)
        lost = final_error;
    pthread_mutex_unlock(&gate);
    return answer(0);
}

int cudaLaunchKernel(void) { return launch(); }
int __cudaLaunchKernel(void) { return launch(); }
int cudaLaunchKernelExC(void) { return launch(); }
int cudaLaunchCooperativeKernel(void) { return launch(); }

/* The first members of cudaFuncAttributes. */
struct function { size_t shared, constants, local; int threads_per_block, registers, ptx, binary, cache, dynamic_shared; };

int cudaFuncGetAttributes(struct function *of) {
    *of = (struct function){ .threads_per_block = 1024, .registers = 32, .ptx = 90, .binary = 90, .dynamic_shared = 49152 };
    return answer(0);
}

int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks_of_it) {
    *blocks_of_it = 2;
    return answer(0);
}

NOTHING(cudaFuncSetAttribute)
NOTHING(cudaKernelSetAttributeForDevice)
CREATES(cudaLibraryLoadData)
CREATES(cudaLibraryGetKernel)
DESTROYS(cudaLibraryUnload)

/* What a compiled kernel's own code calls: registration, and a place between <<<...>>> and the launch. */
static void *binary[1];

void **__cudaRegisterFatBinary(void) { return binary; }
void __cudaRegisterFatBinaryEnd(void) { }
void __cudaUnregisterFatBinary(void) { }
void __cudaRegisterFunction(void) { }
void __cudaRegisterVar(void) { }

int __cudaGetKernel(const void **kernel, const void *function) {
    *kernel = function;
    return answer(0);
}

struct size { unsigned x, y, z; };

static __thread struct { struct size grid, block; size_t shared; void *stream; } pushed;

unsigned __cudaPushCallConfiguration(struct size grid, struct size block, size_t shared, void *stream) {
    pushed.grid = grid;
    pushed.block = block;
    pushed.shared = shared;
    pushed.stream = stream;
    return 0;
}

int __cudaPopCallConfiguration(struct size *grid, struct size *block, size_t *shared, void **stream) {
    *grid = pushed.grid;
    *block = pushed.block;
    *shared = pushed.shared;
    *stream = pushed.stream;
    return 0;
}

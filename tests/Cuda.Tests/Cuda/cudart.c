/*
 * libcudart.so.13: the CUDA runtime. All that is asked for is done when its call returns, and kernels do nothing.
 */
#include "cudart.h"

pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
struct log counted;
size_t memory = (size_t)8 << 30;
int capturing, lost;

static int devices = 1, final_error;
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
    unpin_all();
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

int answer(int error) {
    if (lost)
        error = lost;
    if (error)
        last_error = error;
    return error;
}

void fault(const char *what, const void *address, size_t bytes) {
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

/* ---- Streams, events and graphs. */

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

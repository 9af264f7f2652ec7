/*
 * What all stand-ins share. They take the places of the libraries that ONNX Runtime's CUDA provider is linked to, where there is no GPU, and keep
 * its promises of memory, errors and order. Their kernels compute nothing.
 *
 * A name that the provider wants and that stands in none of these files keeps it from loading, with the name in the message ("undefined symbol: ...").
 * For a newer provider the lists are renewed with
 *     objdump -T libonnxruntime_providers_cuda.so | grep -oE '\(libcu[a-zA-Z]+\.so\.[0-9]+\) .*'
 * and for cuDNN, which it opens by itself and asks by name, with
 *     strings libonnxruntime_providers_cuda.so | grep -xE 'cudnn[A-Z][A-Za-z0-9_]*'
 *
 * Functions are declared with the parameters that they read: what else a caller passes lies in registers and on its own stack, and hurts nobody.
 */
#include <stdint.h>
#include <stdlib.h>

/* Whose work matters to nobody: it went well. */
#define NOTHING(name) int name(void) { return 0; }

/* Makes something that nobody looks into. */
#define CREATES(name) int name(void **made) { *made = calloc(1, 256); return *made == NULL; }
#define DESTROYS(name) int name(void *made) { free(made); return 0; }

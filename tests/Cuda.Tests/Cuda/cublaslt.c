/* libcublasLt.so.13: more products that nobody computes. */
#include <string.h>
#include "stand_in.h"

CREATES(cublasLtCreate)
DESTROYS(cublasLtDestroy)
CREATES(cublasLtMatmulDescCreate)
DESTROYS(cublasLtMatmulDescDestroy)
CREATES(cublasLtMatmulPreferenceCreate)
DESTROYS(cublasLtMatmulPreferenceDestroy)
CREATES(cublasLtMatrixLayoutCreate)
DESTROYS(cublasLtMatrixLayoutDestroy)
CREATES(cublasLtMatrixTransformDescCreate)
DESTROYS(cublasLtMatrixTransformDescDestroy)
NOTHING(cublasLtMatmul)
NOTHING(cublasLtMatmulAlgoConfigSetAttribute)
NOTHING(cublasLtMatmulAlgoInit)
NOTHING(cublasLtMatmulDescSetAttribute)
NOTHING(cublasLtMatmulPreferenceSetAttribute)
NOTHING(cublasLtMatrixLayoutSetAttribute)
NOTHING(cublasLtMatrixTransform)

/* Whoever multiplies this way takes the first algorithm that is offered, and fails without one: 96 bytes, which say that it is fit and needs no memory. */
int cublasLtMatmulAlgoGetHeuristic(
    void *handle, void *operation, void *a, void *b, void *c, void *d, void *preference, int wanted, void *results, int *count) {
    (void)handle, (void)operation, (void)a, (void)b, (void)c, (void)d, (void)preference, (void)wanted;
    memset(results, 0, 96);
    *count = 1;
    return 0;
}

/* libcudnn.so: the old calls, which convolutions and reductions use, and the backend's, which describe a computation as a graph of descriptors. */
#include <string.h>
#include "stand_in.h"

CREATES(cudnnCreate)
DESTROYS(cudnnDestroy)
CREATES(cudnnCreateActivationDescriptor)
DESTROYS(cudnnDestroyActivationDescriptor)
CREATES(cudnnCreateConvolutionDescriptor)
DESTROYS(cudnnDestroyConvolutionDescriptor)
CREATES(cudnnCreateDropoutDescriptor)
DESTROYS(cudnnDestroyDropoutDescriptor)
CREATES(cudnnCreateFilterDescriptor)
DESTROYS(cudnnDestroyFilterDescriptor)
CREATES(cudnnCreateLRNDescriptor)
DESTROYS(cudnnDestroyLRNDescriptor)
CREATES(cudnnCreatePoolingDescriptor)
DESTROYS(cudnnDestroyPoolingDescriptor)
CREATES(cudnnCreateRNNDataDescriptor)
DESTROYS(cudnnDestroyRNNDataDescriptor)
CREATES(cudnnCreateRNNDescriptor)
DESTROYS(cudnnDestroyRNNDescriptor)
CREATES(cudnnCreateReduceTensorDescriptor)
DESTROYS(cudnnDestroyReduceTensorDescriptor)
CREATES(cudnnCreateTensorDescriptor)
DESTROYS(cudnnDestroyTensorDescriptor)
NOTHING(cudnnActivationForward)
NOTHING(cudnnAddTensor)
NOTHING(cudnnBatchNormalizationForwardInference)
NOTHING(cudnnBatchNormalizationForwardTraining)
NOTHING(cudnnConvolutionBiasActivationForward)
NOTHING(cudnnConvolutionForward)
NOTHING(cudnnDeriveBNTensorDescriptor)
NOTHING(cudnnFindConvolutionForwardAlgorithmEx)
NOTHING(cudnnGetConvolutionForwardAlgorithm_v7)
NOTHING(cudnnGetRNNTempSpaceSizes)
NOTHING(cudnnGetRNNWeightParams)
NOTHING(cudnnGetTensorNdDescriptor)
NOTHING(cudnnLRNCrossChannelForward)
NOTHING(cudnnPoolingForward)
NOTHING(cudnnRNNForward)
NOTHING(cudnnReduceTensor)
NOTHING(cudnnSetActivationDescriptor)
NOTHING(cudnnSetConvolutionGroupCount)
NOTHING(cudnnSetConvolutionMathType)
NOTHING(cudnnSetConvolutionNdDescriptor)
NOTHING(cudnnSetDropoutDescriptor)
NOTHING(cudnnSetFilterNdDescriptor)
NOTHING(cudnnSetLRNDescriptor)
NOTHING(cudnnSetPoolingNdDescriptor)
NOTHING(cudnnSetRNNDataDescriptor)
NOTHING(cudnnSetRNNDescriptor_v8)
NOTHING(cudnnSetReduceTensorDescriptor)
NOTHING(cudnnSetStream)
NOTHING(cudnnSetTensorNdDescriptor)
NOTHING(cudnnSoftmaxForward)

size_t cudnnGetVersion(void) { return 91300; }
const char *cudnnGetErrorString(void) { return "an error of the stand-in"; }

void cudnnGetLastErrorString(char *text, size_t size) {
    if (size)
        text[0] = 0;
}

int cudnnGetStream(void *handle, void **stream) {
    (void)handle;
    *stream = NULL;
    return 0;
}

/* No computation needs memory beside its tensors. */
int cudnnDropoutGetStatesSize(void *handle, size_t *bytes) {
    (void)handle;
    *bytes = 0;
    return 0;
}

int cudnnGetReductionIndicesSize(void *handle, void *reduction, void *from, void *to, size_t *bytes) {
    (void)handle, (void)reduction, (void)from, (void)to;
    *bytes = 0;
    return 0;
}

int cudnnGetReductionWorkspaceSize(void *handle, void *reduction, void *from, void *to, size_t *bytes) {
    return cudnnGetReductionIndicesSize(handle, reduction, from, to, bytes);
}

int cudnnGetConvolutionForwardWorkspaceSize(void *handle, void *x, void *w, void *convolution, void *y, int algorithm, size_t *bytes) {
    (void)x, (void)w, (void)convolution, (void)y, (void)algorithm;
    return cudnnDropoutGetStatesSize(handle, bytes);
}

NOTHING(cudnnBackendExecute)
NOTHING(cudnnBackendFinalize)
NOTHING(cudnnBackendSetAttribute)
DESTROYS(cudnnBackendDestroyDescriptor)

int cudnnBackendCreateDescriptor(int type, void **made) {
    (void)type;
    *made = calloc(1, 256);
    return *made == NULL;
}

/* Of everything there is one, which is 0, but of what restricts the choice of an engine there is nothing. */
int cudnnBackendGetAttribute(void *descriptor, int name, int type, int64_t wanted, int64_t *count, void *values) {
    enum { chosen_knobs = 302, numerical_notes = 1303, engine_layouts = 1304, behaviour_notes = 1305 };
    enum { of_data_type = 1, of_int64 = 3, of_descriptor = 15, of_int32 = 23 };
    (void)descriptor, (void)wanted;
    int none = name == chosen_knobs || name == numerical_notes || name == engine_layouts || name == behaviour_notes;
    if (count)
        *count = !none;
    if (none || !values || type == of_descriptor)
        return 0;
    if (type == of_int64)
        *(int64_t *)values = 0;
    else if (type == of_int32 || type == of_data_type)
        *(int32_t *)values = 0;
    return 0;
}

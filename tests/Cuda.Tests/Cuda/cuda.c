/* libcuda.so.1: the driver, of which the provider itself calls one function. */
#include "stand_in.h"

NOTHING(cuTensorMapEncodeTiled)

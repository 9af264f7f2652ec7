/* libcurand.so.10: the provider is linked to it, and calls nothing of it. */
int stand_in_for_curand(void) { return 0; }

// What Swift cannot import of the C library itself: GNU extensions and variadic functions.
#pragma once
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>

extern int pthread_setname_np(pthread_t thread, const char *name);

static inline void lifeos_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

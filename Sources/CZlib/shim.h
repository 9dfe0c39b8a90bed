// The initialisers of zlib are macros, which Swift does not see.
#pragma once
#define ZLIB_CONST
#include <zlib.h>

// 15 bits of window; 16 more ask for the gzip format.
static inline int lifeos_gzip_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int lifeos_gunzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

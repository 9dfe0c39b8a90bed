// What Swift cannot import of the C library itself: its variadic functions and its flags.
#pragma once
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Everything a daemon is started with; `argument` goes to every callback.
struct lifeos_mhd_settings {
    int listen_socket;
    unsigned int threads;
    size_t connection_memory_bytes;
    unsigned int connections_max;
    // PEM texts; NULL serves plain HTTP.
    const char *certificate;
    const char *key;
    // Which versions and ciphers of TLS are spoken, in the words of GnuTLS.
    const char *priorities;
    void *argument;
    MHD_AccessHandlerCallback answer;
    void (*connection_changed)(void *, struct MHD_Connection *, void **, enum MHD_ConnectionNotificationCode);
    void (*request_ended)(void *, struct MHD_Connection *, void **, enum MHD_RequestTerminationCode);
    void *(*target_read)(void *, const char *, struct MHD_Connection *);
    size_t (*unescape)(void *, struct MHD_Connection *, char *);
    MHD_LogCallback log;
};

static inline struct MHD_Daemon *lifeos_mhd_start(const struct lifeos_mhd_settings *with)
{
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) with->certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) with->key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) with->priorities },
        { MHD_OPTION_END, 0, NULL },
    };
    struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
    if (with->certificate) flags |= MHD_USE_TLS;
    // The logger stands first, so that what the other options say reaches it.
    return MHD_start_daemon(flags, 0, NULL, NULL, with->answer, with->argument,
                            MHD_OPTION_EXTERNAL_LOGGER, with->log, with->argument,
                            MHD_OPTION_LISTEN_SOCKET, with->listen_socket,
                            MHD_OPTION_THREAD_POOL_SIZE, with->threads,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, with->connection_memory_bytes,
                            MHD_OPTION_CONNECTION_LIMIT, with->connections_max,
                            MHD_OPTION_NOTIFY_CONNECTION, with->connection_changed, with->argument,
                            MHD_OPTION_NOTIFY_COMPLETED, with->request_ended, with->argument,
                            MHD_OPTION_URI_LOG_CALLBACK, with->target_read, with->argument,
                            MHD_OPTION_UNESCAPE_CALLBACK, with->unescape, with->argument,
                            MHD_OPTION_ARRAY, with->certificate ? tls : plain,
                            MHD_OPTION_END);
}

static inline const union MHD_ConnectionInfo *
lifeos_mhd_connection_info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type)
{
    return MHD_get_connection_info(connection, type);
}

// libmicrohttpd 0.9.75 takes the listening socket out of epoll twice when a worker wakes just as the daemon is quiesced: the
// worker forgives that the other was quicker, MHD_quiesce_daemon does not, and ends the process. Here its complaint jumps
// back out of the call, which is repeated: by then the worker has noted what it did. Nothing is held at that place.
static inline jmp_buf **lifeos_mhd_way_out(void)
{
    static __thread jmp_buf *way_out;
    return &way_out;
}

static inline void lifeos_mhd_panic(void *unused, const char *file, unsigned int line, const char *reason)
{
    (void) unused;
    if (*lifeos_mhd_way_out()) longjmp(**lifeos_mhd_way_out(), 1);
    fprintf(stderr, "libmicrohttpd gave up at %s:%u: %s\n", file, line, reason);
    abort();
}

static inline void lifeos_mhd_quiesce(struct MHD_Daemon *daemon)
{
    jmp_buf way_out;
    volatile int tries = 0;
    MHD_set_panic_func(lifeos_mhd_panic, NULL);
    (void) setjmp(way_out);
    *lifeos_mhd_way_out() = ++tries <= 100 ? &way_out : NULL;
    (void) MHD_quiesce_daemon(daemon);
    *lifeos_mhd_way_out() = NULL;
}

// The library cuts the query into its parameters, for which nobody here asks, right after it has shown the target, and has
// no answer when there are more of them than its memory holds: the connection would hang. So it finds an empty query.
static inline void lifeos_mhd_hide_query(const char *target)
{
    char *mark = strchr((char *) target, '?');
    if (mark && mark[1]) mark[1] = '\0';
}

// For the connection's own thread. Before the handshake is over the first call sends nothing and says so.
static inline void lifeos_mhd_send_encrypted(struct MHD_Connection *connection, const void *bytes, size_t count)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info ? (gnutls_session_t) info->tls_session : NULL;
    if (!session || gnutls_record_send(session, bytes, count) < 0) return;
    (void) gnutls_bye(session, GNUTLS_SHUT_WR);
}

// What Swift cannot import of the C library itself: GNU extensions and variadic functions.
#pragma once
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

static inline void lifeos_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// By number, because C libraries before 2.36 have no name for it.
static inline int lifeos_pidfd_open(pid_t process) { return (int)syscall(434, process, 0); }

static inline int lifeos_pidfd_send_signal(int process, int signal) {
    return (int)syscall(424, process, signal, (void *)0, 0);
}

// openat2 with RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH, which no C library names yet.
static inline int lifeos_open_beneath(int folder, const char *path) {
    unsigned long long how[3] = {O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0, 0x02 | 0x08};
    return (int)syscall(437, folder, path, how, sizeof how);
}

static inline int lifeos_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// SO_PEERCRED without `struct ucred`, which only GNU extensions declare: process, user, group.
static inline pid_t lifeos_peer_process(int connection) {
    int peer[3];
    socklen_t size = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, peer, &size) == 0 ? (pid_t)peer[0] : -1;
}

// Lets this thread alone reach files as another user. The kernel marks a process that does so as one that nobody may look
// into, and so the mark is put back as it was.
static inline void lifeos_reach_files_as(uid_t user, gid_t group) {
    int mark = prctl(PR_GET_DUMPABLE);
    setfsgid(group);
    setfsuid(user);
    prctl(PR_SET_DUMPABLE, mark);
}

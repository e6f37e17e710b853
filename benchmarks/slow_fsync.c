/* Makes this machine's disk an ordinary one: 5 ms more for each fsync and fdatasync. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void linger(void)
{
    struct timespec pause = {0, 5 * 1000 * 1000};
    nanosleep(&pause, NULL);
}

int fsync(int descriptor)
{
    linger();
    return syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor)
{
    linger();
    return syscall(SYS_fdatasync, descriptor);
}

"""Runs a program on a short leash: it ends with the process that started it, is polite, and cannot fill the machine.

Run as a file by a bare Python, because a child between fork and exec may not do this in a process with threads.
Arguments: the number of the process that starts it, then the command.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
MEGABYTE = 1024 * 1024
LIMITS = {
    resource.RLIMIT_AS: 2048 * MEGABYTE,
    resource.RLIMIT_FSIZE: 64 * MEGABYTE,  # one segment; a stream without key frames never ends one
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):  # it was gone before we asked
        sys.exit(1)
    os.nice(5)
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    # Bytecode of Python's own signal set-up: ffmpeg should end when nobody reads what it says.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()

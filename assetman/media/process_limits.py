"""What a decode process does to itself before it touches a file, on each platform."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from math import ceil
from multiprocessing import parent_process

from assetman.media import landlock, seccomp

# A mapped library counts as address space and costs no memory.
_ADDRESS_SLACK = 4 << 30
_LARGEST_FILE = 4 << 30  # bytes, of a preview
_OPEN_FILES = 256
_LOWER_PRIORITY = 5

MEMORY = "Memory is limited"  # whoever limits none is watched by the parent


def confine(memory: int, parent: int) -> tuple[str, ...]:
    """Limit this process, give up its rights, and tie its life to its parent's.

    `memory` is in bytes, `parent` the process that it must not outlive. What the system does
    not offer is passed over; gives what holds, in words for the person.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    _silence()
    _die_with_parent(parent)
    if sys.platform == "win32":
        held = {MEMORY: _confine_windows(memory)}
    else:
        held = _limit(memory) | _give_up_rights()
    _exit_with_parent()  # a thread: rights are given up before there is a second one
    return tuple(words for words, holds in held.items() if holds)


def allow_seconds(seconds: float) -> None:
    """Let this process compute for so long from now on; then the system ends it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = ceil(used.ru_utime + used.ru_stime + seconds)
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _limit(memory: int) -> dict[str, bool]:
    import resource

    with suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    held = {
        "No memory dumps are written": _lower(resource.RLIMIT_CORE, 0),
        "The size of files is limited": _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE),
        "The number of open files is limited": _lower(resource.RLIMIT_NOFILE, _OPEN_FILES),
        "The time of the processor is limited": True,
    }
    if sys.platform != "linux":
        return held
    # Linux counts in RLIMIT_DATA all memory that is private and written to; RLIMIT_AS is for
    # kernels that do not.
    limited = _lower(resource.RLIMIT_DATA, memory)
    _lower(resource.RLIMIT_AS, memory + _ADDRESS_SLACK)
    return held | {MEMORY: limited}


def _give_up_rights() -> dict[str, bool]:
    """Give up whatever a decoder has no use for, where the system lets it."""
    if sys.platform != "linux":
        return {}
    sys.dont_write_bytecode = True
    no_new_privileges = 38  # PR_SET_NO_NEW_PRIVS; asked for by the two below
    if _ask_kernel(no_new_privileges, 1) != 0:
        return {}
    held = {"No privileges can be gained": True}
    for words, give_up in (
        ("No other file of yours can be opened", landlock.shut_files),
        ("No network, no other programs, no changes to files", seccomp.filter_calls),
    ):
        with suppress(OSError, AttributeError):
            held[words] = give_up()
    return held


def _ask_kernel(what: int, argument: int) -> int:
    """Set something of this process (prctl); anything but 0: the kernel does not know it."""
    import ctypes

    with suppress(OSError, AttributeError):
        numbers = [ctypes.c_ulong(number) for number in (argument, 0, 0, 0)]
        return int(ctypes.CDLL(None).prctl(what, *numbers))
    return -1


def _lower(which: int, most: int) -> bool:
    import resource

    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(which)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (allowed, allowed))
        return True
    return False


def _silence() -> None:
    """Send what C libraries print nowhere: the parent's output belongs to the person."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if nowhere > 2:
        os.close(nowhere)


def _die_with_parent(parent: int) -> None:
    """Ask to be killed with the parent, even in the middle of decoding."""
    if sys.platform == "linux":
        death_signal = 1  # PR_SET_PDEATHSIG
        _ask_kernel(death_signal, int(signal.SIGKILL))
        if os.getppid() != parent:  # it died before it could be asked for
            os._exit(0)


def _exit_with_parent() -> None:
    me = parent_process()
    if me is not None:
        watch = threading.Thread(target=_exit_after, args=(me.sentinel,), daemon=True)
        watch.start()


def _exit_after(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(0)


def _confine_windows(memory: int) -> bool:  # pragma: no cover - another platform
    """Put this process into a Job Object of its own with a limit on its memory."""
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class Extended(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", Basic),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    process_memory, die_on_unhandled, below_normal = 0x100, 0x400, 0x4000
    extended_limit_information = 9
    no_crash_dialogs = 0x1 | 0x2  # SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetErrorMode(no_crash_dialogs)
    own = wintypes.HANDLE(kernel.GetCurrentProcess())
    kernel.SetPriorityClass(own, below_normal)
    limits = Extended()
    limits.BasicLimitInformation.LimitFlags = process_memory | die_on_unhandled
    limits.ProcessMemoryLimit = memory
    job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
    size = ctypes.sizeof(limits)
    limited = kernel.SetInformationJobObject(
        job, extended_limit_information, ctypes.byref(limits), size
    )
    return bool(limited and kernel.AssignProcessToJobObject(job, own))

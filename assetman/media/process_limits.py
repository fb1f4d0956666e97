"""What a decode process does to itself before it touches a file, on each platform."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import parent_process

# A mapped library counts as address space and costs no memory.
_ADDRESS_SLACK = 4 << 30
_LARGEST_FILE = 4 << 30  # bytes, of a preview
_LOWER_PRIORITY = 5


def confine(memory: int, parent: int) -> bool:
    """Limit this process and tie its life to its parent's.

    `memory` is in bytes, `parent` the process that it must not outlive. Gives False where the
    system has no limit for memory, so that the parent has to watch.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    _silence()
    _end_with_parent(parent)
    if sys.platform == "win32":
        return _confine_windows(memory)
    import resource

    with suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    if sys.platform != "linux":
        return False
    # Linux counts in RLIMIT_DATA all memory that is private and written to; RLIMIT_AS is for
    # kernels that do not.
    _lower(resource.RLIMIT_DATA, memory)
    _lower(resource.RLIMIT_AS, memory + _ADDRESS_SLACK)
    return True


def _lower(which: int, most: int) -> None:
    import resource

    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(which)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (allowed, allowed))


def _silence() -> None:
    """Send what C libraries print nowhere: the parent's output belongs to the person."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if nowhere > 2:
        os.close(nowhere)


def _end_with_parent(parent: int) -> None:
    """End when the parent does, even in the middle of decoding."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            set_death_signal = 1  # PR_SET_PDEATHSIG
            ctypes.CDLL(None).prctl(set_death_signal, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it died before it could be asked for
            os._exit(0)
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

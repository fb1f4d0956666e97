"""Which calls of the Linux kernel a decode process may still make (seccomp, kernel 3.17).

A filter in the kernel's own small language answers "not permitted" to every call that reaches
the network, starts a program, touches another process, or changes a folder or a file by its
name. What is open already may be read and written: that is all a decoder needs.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from errno import ENOSYS, EPERM

# The name of a call, its number on x86-64 and on AArch64; "-" where there is no such call.
_FORBIDDEN = """
socket 41 198         socketpair 53 199        connect 42 203          bind 49 200
listen 50 201         accept 43 202            accept4 288 242         sendto 44 206
sendmsg 46 211        sendmmsg 307 269         execve 59 221           execveat 322 281
fork 57 -             vfork 58 -               kill 62 129             tkill 200 130
pidfd_open 434 434    pidfd_getfd 438 438      pidfd_send_signal 424 424
ptrace 101 117        process_vm_readv 310 270 process_vm_writev 311 271
creat 85 -            unlink 87 -              unlinkat 263 35         rename 82 -
renameat 264 38       renameat2 316 276        link 86 -               linkat 265 37
symlink 88 -          symlinkat 266 36         mkdir 83 -              mkdirat 258 34
rmdir 84 -            mknod 133 -              mknodat 259 33          truncate 76 45
chmod 90 -            fchmod 91 52             fchmodat 268 53         fchmodat2 452 452
chown 92 -            fchown 93 55             lchown 94 -             fchownat 260 54
utime 132 -           utimes 235 -             futimesat 261 -         utimensat 280 88
setxattr 188 5        lsetxattr 189 6          fsetxattr 190 7         removexattr 197 14
lremovexattr 198 15   fremovexattr 199 16      mount 165 40            umount2 166 39
pivot_root 155 41     chroot 161 51            setns 308 268           unshare 272 97
open_tree 428 428     move_mount 429 429       fsopen 430 430          fsmount 432 432
mount_setattr 442 442 bpf 321 280              perf_event_open 298 241 userfaultfd 323 282
keyctl 250 219        add_key 248 217          request_key 249 218     init_module 175 105
finit_module 313 273  delete_module 176 106    kexec_load 246 104      kexec_file_load 320 294
reboot 169 142        swapon 167 224           swapoff 168 225         acct 163 89
quotactl 179 60       name_to_handle_at 303 264                        open_by_handle_at 304 265
settimeofday 164 170  clock_settime 227 112    adjtimex 159 171        clock_adjtime 305 266
sethostname 170 161   setdomainname 171 162    iopl 172 -              ioperm 173 -
personality 135 92    inotify_init 253 -       inotify_init1 294 26    fanotify_init 300 262
shmget 29 194         msgget 68 186            semget 64 190           mq_open 240 180
"""
# Answered as by a kernel that is too old, so that what can be filtered is used instead.
_UNKNOWN = "clone3 435 435  openat2 437 437  io_uring_setup 425 425  io_uring_enter 426 426"

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_OPEN, _OPENAT = 2, (257, 56)  # the first is known to x86-64 alone
_CLONE, _PRLIMIT = (56, 220), (302, 261)

_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_THREAD = 0x10000  # CLONE_THREAD

# The machine of the filter: where the call, the machine and the arguments lie, and its verbs.
_AT_CALL, _AT_MACHINE, _AT_ARGUMENTS = 0, 4, 16
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _IF_LEAST, _GIVE = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_X32 = 0x40000000  # from here on calls of another kind count, which nobody needs

_SET_SECCOMP, _FILTER = 22, 2


def filter_calls() -> bool:
    """Give up every call a decoder has no use for; False where the system has no such filter.

    It holds for this thread and all it starts. New privileges must have been given up before.
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in _MACHINES:
        return False
    if ctypes.sizeof(ctypes.c_void_p) != 8:  # a small process on a large machine
        return False
    program = _program(*_MACHINES[os.uname().machine])
    kernel = ctypes.CDLL(None)
    lines = ctypes.create_string_buffer(program, len(program))
    whole = struct.pack("@HP", len(program) // 8, ctypes.addressof(lines))
    return bool(kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.c_char_p(whole), 0, 0) == 0)


def _program(column: int, machine: int) -> bytes:
    """Write the filter for one kind of machine."""
    refuse = _line(_GIVE, _ERROR | EPERM)
    lines = [
        _line(_LOAD, _AT_MACHINE),
        _line(_IF_EQUAL, machine, 1, 0),
        refuse,
        _line(_LOAD, _AT_CALL),
        _line(_IF_LEAST, _X32, 0, 1),
        refuse,
    ]
    for call in _column(_FORBIDDEN, column):
        lines += [_line(_IF_EQUAL, call, 0, 1), refuse]
    for call in _column(_UNKNOWN, column):
        lines += [_line(_IF_EQUAL, call, 0, 1), _line(_GIVE, _ERROR | ENOSYS)]
    lines += _if_call(_CLONE[column], 0, [_line(_IF_ANY_BIT, _THREAD, 1, 0), refuse])
    # another process's limits are none of its business; 0 is its own
    lines += _if_call(_PRLIMIT[column], 0, [_line(_IF_EQUAL, 0, 1, 0), refuse])
    for_reading = [_line(_IF_ANY_BIT, _CHANGES, 0, 1), refuse]
    lines += _if_call(_OPENAT[column], 2, for_reading)
    if column == 0:
        lines += _if_call(_OPEN, 1, for_reading)
    lines.append(_line(_GIVE, _ALLOW))
    return b"".join(lines)


def _if_call(call: int, argument: int, then: list[bytes]) -> list[bytes]:
    """Look at one argument of a call; if nothing in `then` refuses, the call is allowed."""
    inner = [_line(_LOAD, _AT_ARGUMENTS + 8 * argument), *then, _line(_GIVE, _ALLOW)]
    return [_line(_IF_EQUAL, call, 0, len(inner)), *inner]


def _line(verb: int, number: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", verb, if_so, if_not, number)


def _column(table: str, column: int) -> list[int]:
    words = table.split()
    numbers = [words[at + 1 + column] for at in range(0, len(words), 3)]
    return [int(number) for number in numbers if number != "-"]

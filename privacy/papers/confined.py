"""The inside of the process in which a stranger's file is opened. No Django and no settings here, and no way out.

What a decoder may use is small: a flaw in it costs one upload, not the site. It reads a file from standard input and
writes what it made of it to standard output. The parent (privacy/papers/decoding.py) gives it no environment, watches
the clock, and reads no more than it expects.
"""

import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress

CPU_SECONDS = 10
ADDRESS_SPACE = 768 * 1024 * 1024
NOBODY = 65534

REFUSED = 3
"""Exit status of a decoder that says why in its output: one of the codes of privacy/papers/refusals.py."""


class Refused(Exception):
    """The file can't be taken; its argument is the code of the reason."""


def run(decode: Callable[[bytes], bytes]) -> None:
    """Read, decode and write, with limits on; then end. To be called once the decoder's library is imported."""
    _set_limits()
    _become_nobody()
    try:
        made, status = decode(sys.stdin.buffer.read()), 0
    except Refused as refusal:
        made, status = str(refusal).encode(), REFUSED
    except MemoryError:
        made, status = b"too-heavy", REFUSED
    except Exception:  # noqa: BLE001  (whatever a library says of a file it can't read: it may quote it)
        made, status = b"unreadable", REFUSED
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    os._exit(status)  # Nothing is tidied up: a destructor is code that the file had a say in.


def _set_limits() -> None:
    """Time, memory, no file written, no child, no core dump with somebody's passport in it."""
    limits = {"CPU": CPU_SECONDS, "AS": ADDRESS_SPACE, "FSIZE": 0, "CORE": 0, "NPROC": 0, "NOFILE": 32}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is None:
            continue
        with suppress(ValueError, OSError):  # macOS takes no limit on the address space; the clock stays.
            resource.setrlimit(kind, (most, most))


def _become_nobody() -> None:
    """A site that runs as root opens no stranger's file as root."""
    if os.geteuid() != 0:
        return
    with suppress(OSError):  # A container may know no such user.
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

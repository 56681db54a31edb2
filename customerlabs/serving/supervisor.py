"""Keeps the children running, starts those that die, and stops them all in order."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from subprocess import Popen
from types import FrameType

from customerlabs.serving.children import Child, Program
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.leftovers import Known, Roll, end_leftovers
from customerlabs.serving.lock import take_lock
from customerlabs.serving.places import Places

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_ORDER = ("beat", "web", "worker", "valkey", "postgres")
"""Whoever gives work stops before whoever does it, and the servers last."""
LOOK_EVERY = 0.2
LOGS_EVERY = 60.0
"""Seconds."""


class Stopped(KeyboardInterrupt):
    """Somebody asked us to stop, by whichever signal. Libraries know how to clean up after a KeyboardInterrupt."""


class Supervisor:
    """Use it as `with supervisor.in_charge():`. Whatever happens inside, no child is left afterwards.

    A first signal stops everything in order; a second one shortens everybody's patience. Signals only take note,
    except inside `interruptible()`, where they raise Stopped: a child must not be lost between its start and the
    note that it was started.
    """

    def __init__(self, places: Places, say: Callable[[str], None]):
        self.places = places
        self.say = say
        self.children: list[Child] = []
        self.times_asked = 0
        self._may_raise = False

    @contextlib.contextmanager
    def in_charge(self) -> Iterator[None]:
        """Hold the data folder, after ending what a killed supervisor left there.

        Raises Refusal when the folder cannot be used or another supervisor holds it, Stopped when somebody asked to
        stop before everything had started.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._take_note)
        prepare_var(self.places)
        # Never closed: the system frees the lock when this process is gone, not before.
        take_lock(self.places.run / "lock")
        try:
            with self.interruptible():
                ended = end_leftovers(self.places)
            if ended:
                self.say(f"The last run was cut short: ended what it left ({', '.join(ended)}), going on.")
            yield
        finally:
            self.stop()

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """For steps that take long and lose nothing when they are cut short.

        A library that is cut short may fail in a way of its own: once somebody asked us to stop, that failure is the
        stop and nothing more.
        """
        self._may_raise = True
        try:
            self._stop_if_asked()
            yield
        except Exception as failure:
            if self.times_asked:
                raise Stopped from failure
            raise
        finally:
            self._may_raise = False
        self._stop_if_asked()

    def start(self, program: Program) -> Popen[bytes]:
        """Start a program and keep it running from now on."""
        self._stop_if_asked()
        child = Child(program, self.places.logs)
        self.children.append(child)
        process = child.start()
        self._write_roll()
        return process

    def watch(self) -> None:
        """Start again whatever dies and turn the logs over, until somebody asks to stop."""
        logs_due = time.monotonic() + LOGS_EVERY
        while not self.times_asked:
            for child in self.children:
                if child.has_died():
                    self.say(f"{child.name} has ended; starting it again in {child.delay:.0f} s. See {child.log}")
                if child.is_due():
                    self._start_again(child)
            if time.monotonic() >= logs_due:
                logs_due = time.monotonic() + LOGS_EVERY
                for child in self.children:
                    with contextlib.suppress(OSError):
                        child.turn_log_over()
            time.sleep(LOOK_EVERY)

    def _start_again(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:
            # A full disk, say. The others go on, and this one is tried again.
            child.put_off()
            self.say(f"{child.name} cannot be started ({error.strerror}); trying again in {child.delay:.0f} s.")
            return
        try:
            self._write_roll()
        except OSError as error:
            self.say(f"The list of processes cannot be written ({error.strerror}): is the disk full?")

    def stop(self) -> None:
        """Stop every child in order, and forget them."""
        if not self.children:
            return
        self.say("Stopping…")
        for name in STOP_ORDER:
            for child in [child for child in self.children if child.name == name]:
                if not child.stop(in_a_hurry=lambda: self.times_asked > 1):
                    self.say(f"{name} did not end when asked and was killed.")
                self.children.remove(child)
        with contextlib.suppress(OSError):  # what it lists is gone, and the next start looks before it acts
            Roll(self.places).write([])
        self.say("Stopped.")

    def _take_note(self, number: int, frame: FrameType | None) -> None:
        self.times_asked += 1
        if self._may_raise:
            self._may_raise = False
            raise Stopped

    def _stop_if_asked(self) -> None:
        if self.times_asked:
            raise Stopped

    def _write_roll(self) -> None:
        known = [
            Known.of(child.name, child.process.pid, child.program.stop_signal)
            for child in self.children
            if child.process is not None
        ]
        Roll(self.places).write(process for process in known if process is not None)

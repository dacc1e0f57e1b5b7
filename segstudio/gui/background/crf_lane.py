"""The window's side of one CRF process: a thread that keeps it busy with the latest request."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids
from segstudio.gui.background.crf_process import Order, Refine, serve
from segstudio.gui.background.endings import died
from segstudio.gui.background.shared import SharedArray

_POLL_SECONDS = 0.1
_FAREWELL_SECONDS = 1.0


class CrfFrame:
    """Picture and probabilities, copied to shared memory by the first who needs them there."""

    def __init__(
        self, key: Hashable, image: NDArray[np.uint8], probabilities: NDArray[np.float32]
    ) -> None:
        self.key = key
        self.image = image
        self.probabilities = probabilities
        self._lock = threading.Lock()
        self._shared: tuple[SharedArray, ...] = ()
        self._users = 0
        self._retired = False

    @property
    def shape(self) -> tuple[int, int]:
        return self.image.shape[0], self.image.shape[1]

    @contextmanager
    def shared(self) -> Iterator[tuple[SharedArray, ...]]:
        """Image and probabilities for as long as they are used."""
        with self._lock:
            if not self._shared:
                self._shared = SharedArray.of(self.image), SharedArray.of(self.probabilities)
            self._users += 1
        try:
            yield self._shared
        finally:
            with self._lock:
                self._users -= 1
                self._free_unless_used()

    def retire(self) -> None:
        """Give the shared memory back, after its last user where there is one.

        Not left to the garbage collector: a logged exception may keep this object alive.
        """
        with self._lock:
            self._retired = True
            self._free_unless_used()

    def _free_unless_used(self) -> None:
        if self._retired and not self._users:
            for array in self._shared:
                array.close()
            self._shared = ()


@dataclass(frozen=True, slots=True, eq=False)
class CrfRequest:
    """One wish of the window; ``number`` counts up."""

    number: int
    frame: CrfFrame
    parameters: Any
    scribbles: Ids | None
    tag: Any


Answer = Ids | Exception


@dataclass(frozen=True, slots=True)
class LaneRules:
    """How a lane works.

    Attributes
    ----------
    scale
        Gives the scale at which a frame of some shape is worked on.
    settle
        Seconds without a newer request before one is begun.
    patience
        Seconds after which a request that was overtaken is given up, its process with it: a new
        one starts in less time than a large picture takes.
    politeness
        How much the process stands back for others, as :func:`os.nice` counts it.
    """

    scale: Callable[[tuple[int, int]], int]
    settle: float
    patience: float
    politeness: int


class CrfLane:
    """One process, at most one request in it and one that waits.

    Parameters
    ----------
    refine
        Module-level function that the process calls.
    deliver
        Called in this lane's thread with the request and its answer: HxW uint8 channels, or the
        exception.
    """

    def __init__(
        self,
        name: str,
        refine: Refine,
        deliver: Callable[[CrfRequest, Answer], None],
        rules: LaneRules,
    ) -> None:
        self._name = name
        self._refine = refine
        self._deliver = deliver
        self._rules = rules
        self._changed = threading.Condition()
        self._waiting: CrfRequest | None = None
        self._waiting_since = 0.0
        self._overtaken = False
        self._forget = False
        self._stopped = False
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._planes: dict[str, SharedArray] = {}
        self._thread = threading.Thread(target=self._work, name=f"segstudio-{name}", daemon=True)
        self._thread.start()

    def put(self, request: CrfRequest) -> None:
        """Wait with this request; one that waits already is dropped."""
        with self._changed:
            self._waiting = request
            self._waiting_since = time.monotonic()
            self._overtaken = True
            self._changed.notify()

    def drop(self) -> None:
        """Forget the request that waits; nobody waits for the one that runs any more."""
        with self._changed:
            self._waiting = None
            self._overtaken = True

    def forget(self) -> None:
        """As :meth:`drop`, and have the process let the picture go."""
        with self._changed:
            self._waiting = None
            self._overtaken = self._forget = True
            self._changed.notify()

    def stop(self) -> None:
        """Let process and thread end, in the middle of a request if need be."""
        with self._changed:
            self._stopped = True
            self._waiting = None
            self._changed.notify()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False where it did not come in time (seconds)."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopped:
            request = self._take()
            if request is not None:
                self._answer(request)
            elif self._connection is not None and not self._stopped:
                self._tell_to_forget(self._connection)
            del request  # an idle thread must not keep the picture
        self._end_process()
        for plane in self._planes.values():
            plane.close()

    def _take(self) -> CrfRequest | None:
        """The request that is ripe; None where the picture is to be forgotten or all ends."""
        with self._changed:
            while not (self._stopped or self._forget):
                ripe_in = self._waiting_since + self._rules.settle - time.monotonic()
                if self._waiting is not None and ripe_in <= 0:
                    break
                self._changed.wait(ripe_in if self._waiting is not None else None)
            if self._forget:
                self._forget = False
                return None
            request, self._waiting = self._waiting, None
            self._overtaken = False
            return request

    def _answer(self, request: CrfRequest) -> None:
        try:
            answer: Answer = self._refined(request)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the window must hear of it
            answer = error
        if not self._stopped:
            self._deliver(request, answer)

    def _refined(self, request: CrfRequest) -> Ids:
        shape = request.frame.shape
        result = self._plane("result", shape)
        scribbles = None
        if request.scribbles is not None:
            scribbles = self._plane("scribbles", shape)
            scribbles.write(request.scribbles)
        with request.frame.shared() as (image, probabilities):
            order = Order(
                image.address,
                probabilities.address,
                scribbles.address if scribbles else None,
                result.address,
                request.parameters,
                self._rules.scale(shape),
            )
            error = self._ask(order)
        if error is not None:
            raise error
        return result.read()

    def _plane(self, name: str, shape: tuple[int, int]) -> SharedArray:
        """A plane of this lane's own, kept while pictures have the same size."""
        plane = self._planes.get(name)
        if plane is None or plane.address.shape != shape:
            if plane is not None:
                plane.close()
            plane = self._planes[name] = SharedArray(shape, "|u1")
        return plane

    def _ask(self, order: Order) -> Exception | None:
        connection = self._connection or self._start_process()
        try:
            connection.send(order)
            given_up_at = time.monotonic() + self._rules.patience
            while not connection.poll(_POLL_SECONDS):
                late = self._overtaken and time.monotonic() > given_up_at
                if (late or self._stopped) and self._process is not None:
                    self._process.kill()
            answer: Exception | None = connection.recv()
        except (EOFError, OSError):
            return died("The CRF", self._end_process(), "The next change starts it again.")
        return answer

    def _tell_to_forget(self, connection: Connection) -> None:
        try:
            connection.send(None)
        except OSError:
            self._end_process()

    def _start_process(self) -> Connection:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=serve,
            args=(theirs, self._refine, self._rules.politeness),
            name=f"segstudio-{self._name}",
            daemon=True,
        )
        try:
            self._process.start()
        finally:
            theirs.close()
        return self._connection

    def _end_process(self) -> int:
        """Hang up, wait until the process is gone, and give its exit code."""
        if self._connection is None or self._process is None:
            return 0
        self._connection.close()
        self._process.join(_FAREWELL_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        exit_code = self._process.exitcode or 0
        self._connection = self._process = None
        return exit_code

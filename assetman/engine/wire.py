"""One connection between an engine and a client: whole messages, both ways.

`multiprocessing.connection` frames the bytes and proves with a shared key that both sides
belong together; what the frames hold is JSON.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge

from assetman.engine.codec import Json, pack, unpack
from assetman.engine.endpoint import Endpoint

LARGEST_REQUEST = 64 << 20  # bytes; a question with 100,000 ids in it has less than 2 MB
HANDSHAKE_SECONDS = 20.0


class Gone(ConnectionError):
    """The other side has left."""


class TooLarge(Gone):
    """The other side sent more at once than is allowed, and cannot be read any further."""


class Wire:
    """A connection that any thread may send on and one thread receives from."""

    def __init__(self, connection: Connection[bytes, bytes], largest: int | None = None) -> None:
        self._connection = connection
        self._largest = largest
        self._sending = threading.Lock()
        self._closing = threading.Lock()

    def send(self, message: Json) -> None:
        """Send a message. Raises Gone."""
        self.send_frame(pack(message))

    def send_frame(self, frame: bytes) -> None:
        """Send a message already packed. Raises Gone."""
        try:
            with self._sending:
                self._connection.send_bytes(frame)
        except (OSError, EOFError, TypeError) as error:  # TypeError: closed under our hands
            raise Gone("the connection is closed") from error

    def receive(self) -> Json:
        """Wait for a message.

        Raises Gone (TooLarge for a frame beyond the limit) and WrongUse for a frame that is not
        a JSON object: the next one may be.
        """
        try:
            frame = self._connection.recv_bytes(self._largest)
        except (OSError, EOFError, TypeError, MemoryError) as error:
            if not self._connection.closed and not self._connection.readable:
                raise TooLarge("a message is too large") from error
            raise Gone(str(error) or "the connection is closed") from error
        return unpack(frame)

    def receive_within(self, seconds: float) -> Json:
        """Wait for a message for so long. Raises as `receive` does."""
        with self._within(seconds):
            return self.receive()

    def hang_up(self) -> None:
        """End the connection for both sides, from any thread; `receive` then raises Gone."""
        with self._closing, suppress(OSError):
            if sys.platform == "win32":
                self._connection.close()
            else:
                with socket.socket(fileno=os.dup(self._connection.fileno())) as twin:
                    twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the connection. Only for the thread that receives: another's would pull the
        descriptor from under it.
        """
        with self._closing, suppress(OSError):
            self._connection.close()

    def admit(self, secret: bytes, seconds: float = HANDSHAKE_SECONDS) -> None:
        """Let a client prove that it knows the key, and prove the same. Raises Gone."""
        with self._within(seconds):
            deliver_challenge(self._connection, secret)
            answer_challenge(self._connection, secret)

    def introduce(self, secret: bytes, seconds: float = HANDSHAKE_SECONDS) -> None:
        """Prove to an engine that one knows the key, and have it prove the same. Raises Gone."""
        with self._within(seconds):
            answer_challenge(self._connection, secret)
            deliver_challenge(self._connection, secret)

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Hang up on a side that does not answer in time."""
        clock = threading.Timer(seconds, self.hang_up)
        clock.daemon = True
        clock.start()
        try:
            yield
        except (AuthenticationError, AssertionError, ValueError, OSError, EOFError) as error:
            raise Gone(str(error) or "the other side did not introduce itself") from error
        finally:
            clock.cancel()
            clock.join()


def dial(endpoint: Endpoint) -> Wire | None:
    """Connect to an engine; None where nobody answers. Does not wait for one to start."""
    try:
        connection = Client(endpoint.address, endpoint.family)
    except (OSError, EOFError, ValueError):
        return None
    wire = Wire(connection)
    try:
        wire.introduce(endpoint.secret)
    except Gone:
        wire.close()
        return None
    return wire

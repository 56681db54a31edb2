"""The web's port: free before we start, answering before we say so."""

import errno
import http.client
import socket

from customerlabs.serving.refusal import Refusal

HOST = "127.0.0.1"


def refuse_taken_port(port: int) -> None:
    """Raises Refusal when nothing can listen there."""
    if not 1 <= port <= 65535:
        raise Refusal(f"PORT is {port}: it must be a number from 1 to 65535, for example 8000.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Refusal(f"This account may not listen on port {port}: set PORT to 1024 or more.") from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refusal(f"Port {port} cannot be used ({error.strerror}): set PORT to another.") from error
            raise Refusal(
                f"Port {port} is taken by another program: stop that one, or choose another, as in "
                "`make run PORT=8001`."
            ) from error


def status_of(port: int, path: str, host: str) -> int | None:
    """The HTTP status of a page, or None if nothing answers within 5 seconds."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()

"""A mail server that has each mail on its disk before it says yes, as RFC 5321 wants. Prints its port."""

import asyncio
import os
import sys
import tempfile


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with tempfile.TemporaryFile() as kept:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                kept.write(await reader.readuntil(b"\r\n.\r\n"))
                kept.flush()
                os.fsync(kept.fileno())
            elif verb == b"QUIT":
                break
            writer.write(b"250 ok\r\n")
        writer.close()


async def serve() -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())

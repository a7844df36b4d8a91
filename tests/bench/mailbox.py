"""A mail server that takes every mail and keeps none, so that what is sent is really sent.

    mailbox.py

Prints its port and serves on 127.0.0.1 until it is ended.
"""

import asyncio


async def take(reader, writer):
    """Hold one conversation; whatever is said is agreed to."""

    async def answer(line):
        writer.write(line.encode() + b"\r\n")
        await writer.drain()

    await answer("220 mailbox")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            await answer("354 go on")
            await reader.readuntil(b"\r\n.\r\n")
        await answer("221 bye" if verb == b"QUIT" else "250 taken")
        if verb == b"QUIT":
            break
    writer.close()


async def main():
    server = await asyncio.start_server(take, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

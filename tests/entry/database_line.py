"""A proxy between a process and the test's database, which a test can cut or freeze."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection


class DatabaseLine:
    """A proxy in `folder` to the test's database. Processes connect to it by `url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def url(self) -> str:
        database = connection.settings_dict
        who = f"{database['USER']}:{database['PASSWORD']}"
        return f"postgresql://{who}@/{database['NAME']}?host={quote(str(self._folder), safe='')}"

    async def open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / ".s.PGSQL.5432"
        file.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._pass_on, str(file))

    async def cut(self) -> None:
        """Break all connections and refuse new ones, as when the database server goes down."""
        assert self._server is not None
        self._server.close()
        (self._folder / ".s.PGSQL.5432").unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Keep the connections and pass no data on, as when a network drops every packet."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await _database()
        task = asyncio.ensure_future(self._both(reader, writer, far_reader, far_writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            target.write(data)
            await target.drain()
        target.close()


async def _database() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"] or 5432
    if host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(host, int(port))


@asynccontextmanager
async def database_line(folder: Path) -> AsyncIterator[DatabaseLine]:
    line = DatabaseLine(folder)
    await line.open()
    try:
        yield line
    finally:
        line.release()
        await line.cut()

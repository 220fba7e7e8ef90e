"""Running several processes as one: started together, logged apart, ended together."""

import asyncio
import contextlib
import os
import re
import signal
import urllib.request
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

Outcome = TypeVar("Outcome")
ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 8
ANSWER_SECONDS = 90
# What is worth a line on the console; everything is in the log.
NOTEWORTHY = re.compile(r"\b(ERROR|CRITICAL|Traceback)\b")


class Ended(Exception):
    """A process ended that should not have; the message says which and where its log is."""


class Processes:
    """The processes of one demo. Leaving the `async with` block ends them all."""

    def __init__(self, *, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[str] | None = None

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._end = asyncio.get_running_loop().create_future()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(self._stop(process) for process in self._running.values()))
        await asyncio.gather(*self._watching)

    async def start(self, name: str, command: Sequence[str]) -> None:
        """Start a process that is to run until the end."""
        process = await self._launch(name, command)
        self._watch(self._note_end(name, process))

    async def finish(self, name: str, command: Sequence[str]) -> None:
        """Run a process to its end. Raises Ended if it fails, or if another ends meanwhile."""
        process = await self._launch(name, command)
        code = await self._before_any_end(process.wait())
        if code:
            raise Ended(self._obituary(name, code))

    async def until_answers(self, url: str) -> None:
        """Wait until this address answers 200. Raises Ended if it never does, or if a process ends first."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not await self._before_any_end(asyncio.to_thread(answers, url)):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise Ended(f"{url} did not answer. The logs are in {self._logs}.") from None

    async def first_end(self) -> None:
        """Wait until any process ends. Always raises Ended."""
        raise Ended(await asyncio.shield(self._ending))

    @property
    def _ending(self) -> asyncio.Future[str]:
        if self._end is None:
            raise RuntimeError("Processes are started inside `async with`")
        return self._end

    async def _launch(self, name: str, command: Sequence[str]) -> asyncio.subprocess.Process:
        # A session of its own keeps the console's Ctrl-C from reaching it twice, and names its children.
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**20,
            start_new_session=True,
        )
        self._running[name] = process
        if process.stdout:
            self._watch(tee(name, process.stdout, self._logs / f"{name}.log"))
        return process

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        self._watching.add(asyncio.create_task(work))

    async def _note_end(self, name: str, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if not self._ending.done():
            self._ending.set_result(self._obituary(name, code))

    async def _before_any_end(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The outcome of this work, unless a process ends first: then raises Ended."""
        task = asyncio.create_task(work)
        try:
            watched: set[asyncio.Future[Any]] = {task, self._ending}
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Ended(self._ending.result())
            return task.result()
        finally:
            task.cancel()

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        """End a process as it wishes; then, whatever it left behind."""
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    def _obituary(self, name: str, code: int) -> str:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"The {name} {how}. Its log: {self._logs / f'{name}.log'}"


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do this work until Ctrl-C or SIGTERM, then return. What it raises comes through."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, lambda: None)


async def tee(name: str, output: asyncio.StreamReader, log: Path) -> None:
    """Copy every line to the log, and the noteworthy ones to the console."""
    with log.open("a", encoding="utf-8") as file:
        while line := await next_line(output):
            file.write(line)
            file.flush()
            if NOTEWORTHY.search(line):
                print(f"{name}: {line}", end="", flush=True)


async def next_line(output: asyncio.StreamReader) -> str:
    """The next line, or what there is of one too long to keep whole; empty at the end."""
    try:
        return (await output.readuntil()).decode(errors="replace")
    except asyncio.IncompleteReadError as error:
        return error.partial.decode(errors="replace")
    except asyncio.LimitOverrunError as error:
        return (await output.read(error.consumed)).decode(errors="replace") + "\n"


def answers(url: str) -> bool:
    """Whether this address answers 200, asked without any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

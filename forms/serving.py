"""Serving the pages: gunicorn where it runs, waitress on Windows. One worker with threads for SQLite, two else."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

THREADS_OF_ONE = 16
THREADS_OF_TWO = 8


def settle() -> None:
    """Leave what was made until now out of the search for what can be freed, and search less often.

    What an app is made of stays; to look through it again stops everybody for 70 to 100 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def serve_forever(app: Any, port: int, *, one_process: bool, in_each_process: Callable[[], None]) -> None:
    """Serve an app on 127.0.0.1 until stopped; `in_each_process` is called at the start of every process that serves.

    SQLite is served by one process, so that its one writer at a time never waits for a lock of another process.
    """
    settle()
    if sys.platform == "win32":
        from waitress import serve

        serve(app, listen=f"127.0.0.1:{port}", threads=THREADS_OF_ONE)
        return
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn with the settings given here, and none of the command line's."""

        def load_config(self) -> None:
            """Say how to serve."""
            self.cfg.set("bind", f"127.0.0.1:{port}")
            self.cfg.set("workers", 1 if one_process else 2)
            self.cfg.set("threads", THREADS_OF_ONE if one_process else THREADS_OF_TWO)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("post_fork", lambda _server, _worker: in_each_process())
            self.cfg.set("timeout", 60)
            self.cfg.set("graceful_timeout", 10)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True) if "control_socket_disable" in self.cfg.settings else None

        def load(self) -> Any:
            """Return the app."""
            return app

    Server().run()

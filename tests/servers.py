"""Real servers for the tests of the warehouse engine: PostgreSQL in a folder of its own, and Spark in local mode."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import ibis
import polars as pl
import pytest

from tests.warehouses import in_a_database

WANTED: Final = "YNPOLICY_SERVERS"
"""With this in the environment a server that cannot be started fails the tests; else they are skipped."""


def absent(reason: str) -> None:
    """Skips the tests of a server that is not there, or fails them where it has to be."""
    if os.environ.get(WANTED):
        pytest.fail(f"{reason}, and {WANTED} is set")
    pytest.skip(reason)


# ---------------------------------------------------------------- PostgreSQL


class PostgreSQL:
    """PostgreSQL, over a socket."""

    def __init__(self, folder: Path) -> None:
        self.url = f"postgresql://ynpolicy@/postgres?host={folder}"
        self.connection: Any = ibis.postgres.connect(host=str(folder), user="ynpolicy", database="postgres")

    def table(self, frame: pl.DataFrame) -> Any:
        return self.connection.create_table("cases", in_a_database(frame).to_arrow(), overwrite=True)

    def rows(self, query: Any) -> pl.DataFrame:
        return pl.DataFrame(query.to_pyarrow()).sort("row")


def postgres_programs() -> Path | None:
    """The folder with the newest server's programs."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return next(iter([*found, *(path.parent for path in reversed(debian))]), None)


def _other_user() -> dict[str, Any]:
    """Whom the server runs as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def postgres() -> Iterator[PostgreSQL]:
    """A server with an empty database, stopped and cleared away at the end."""
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed")
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="ynpg"))
    user = _other_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    data, log = folder / "data", folder / "log"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(data), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **user)
        told = log.read_text(encoding="utf-8") if log.exists() else ""
        assert done.returncode == 0, done.stderr + told

    try:
        run("initdb", "-U", "ynpolicy", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c jit=off"
        run("pg_ctl", "-w", "-s", "-l", str(log), "-o", options, "start")
        try:
            server = PostgreSQL(folder)
            yield server
            server.connection.disconnect()
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- Spark


class Spark:
    """Spark in local mode, over files."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session = session
        self.connection = ibis.pyspark.connect(session)
        self._folder = folder
        self._number = 0

    def table(self, frame: pl.DataFrame) -> Any:
        path = self._path()
        in_a_database(frame).write_parquet(path)
        self.session.read.parquet(str(path)).createOrReplaceTempView("cases")
        return self.connection.table("cases")

    def rows(self, query: Any) -> pl.DataFrame:
        path = self._path()
        self.session.sql(self.connection.compile(query)).write.parquet(str(path))
        return pl.read_parquet(path / "*.parquet").sort("row")

    def _path(self) -> Path:
        self._number += 1
        return self._folder / f"{self._number}.parquet"


@contextmanager
def spark() -> Iterator[Spark]:
    """A session on two threads, stopped at the end."""
    if find_spec("pyspark") is None:
        absent("pyspark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        absent("there is no Java for Spark")
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="ynspark") as folder:
        settings = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": folder,
            "spark.sql.constraintPropagation.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": folder,
            "spark.ui.enabled": "false",
        }
        builder = SparkSession.builder.master("local[2]").appName("ynpolicy")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        gateway = session.sparkContext._gateway
        assert gateway is not None
        try:
            yield Spark(session, Path(folder))
        finally:
            session.stop()
            gateway.shutdown()
            gateway.proc.terminate()
            gateway.proc.wait(30)

"""The embedded server: started once, shared, never left behind, and no kill loses what was committed."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, home, programs
from app.embedded_postgres.home import Home, is_locked, lock_file, locked_within

FAST = {"fsync": "off", "shared_buffers": "16MB"}
ROOT = Path(__file__).parents[1]

# Another user of the server: says which postmaster it found, and holds on until its input ends.
USER = """
import sys
from pathlib import Path
from app.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres.start(Path(sys.argv[1]), conf={"fsync": "off"}) as server:
    print(server.home.status()[0], flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder with a short path that any account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tear-", dir="/tmp")).resolve()
    folder.chmod(0o755)
    yield folder / "pg"
    assert stopped(Home(folder / "pg")), "a server was left behind"
    shutil.rmtree(folder)


def stopped(server: Home) -> bool:
    """Whether supervisor and server end, the lock of which every one of their processes holds."""
    if not server.path.exists():
        return True
    with lock_file(server.supervisor) as supervisor, lock_file(server.serving) as serving:
        return locked_within(supervisor, 20) and locked_within(serving, 20)


def another_user(state: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(state)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def postmaster_found_by(user: subprocess.Popen[str]) -> int:
    assert user.stdout is not None
    return int(user.stdout.readline())


def let_go(user: subprocess.Popen[str]) -> None:
    user.communicate()
    assert user.returncode == 0


def pid_of_supervisor(server: EmbeddedPostgres) -> int:
    return int(server.home.supervisor.read_text())


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(**server.credentials("postgres"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_six_processes_that_start_at_once_share_one_server(state: Path) -> None:
    users = [another_user(state) for _ in range(6)]
    found = {postmaster_found_by(user) for user in users}
    assert len(found) == 1
    for user in users:
        let_go(user)


async def test_the_server_lives_as_long_as_its_last_user(state: Path) -> None:
    first = EmbeddedPostgres.start(state, conf=FAST)
    second = another_user(state)
    assert postmaster_found_by(second) == first.home.status()[0]
    first.close()
    with EmbeddedPostgres.start(state) as third:
        assert await ask(third, "select 1") == 1
    assert Home(state).answers(), "the second user still holds it"
    let_go(second)
    assert stopped(Home(state))


async def test_data_survives_a_restart(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        await ask(server, "create table kept as select 42 as answer")
    assert stopped(Home(state))
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        assert await ask(server, "select answer from kept") == 42


async def test_a_killed_user_leaves_no_server_behind(state: Path) -> None:
    user = another_user(state)
    postmaster_found_by(user)
    user.kill()
    user.communicate()
    assert stopped(Home(state))


async def test_the_server_of_a_killed_supervisor_ends_and_the_next_user_finds_everything(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        await ask(server, "create table kept as select 42 as answer")
        os.kill(pid_of_supervisor(server), signal.SIGKILL)
        while is_locked(server.home.supervisor):  # noqa: ASYNC110  # another process's end; there is no event
            await asyncio.sleep(0.01)
        with EmbeddedPostgres.start(state, conf=FAST) as successor:
            assert await ask(successor, "select answer from kept") == 42


async def test_a_killed_postmaster_is_started_again_under_its_users(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        await ask(server, "create table kept as select 42 as answer")
        supervisor, killed = pid_of_supervisor(server), server.home.status()[0]
        os.kill(killed, signal.SIGKILL)
        while server.home.status()[0] == killed:  # noqa: ASYNC110  # another process's doing; there is no event
            await asyncio.sleep(0.01)
        with EmbeddedPostgres.start(state) as other:
            assert await ask(other, "select answer from kept") == 42
        assert server.home.status()[0] != killed
        assert pid_of_supervisor(server) == supervisor
        assert await ask(server, "select answer from kept") == 42


async def test_a_supervisor_told_to_end_stops_the_server_in_good_order(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        os.kill(pid_of_supervisor(server), signal.SIGTERM)
        assert stopped(server.home)
        assert server.home.log.read_text().endswith("database system is shut down\n")


async def test_a_process_that_got_a_dead_postmasters_id_is_not_taken_for_it(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        living = server.home.postmaster_pid.read_text()
        postmaster = str(server.home.status()[0])
    assert stopped(Home(state))
    Home(state).postmaster_pid.write_text(living.replace(postmaster, str(os.getpid()), 1))
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        assert server.home.status()[0] != os.getpid()
        assert await ask(server, "select 1") == 1


async def test_it_keeps_what_it_is_given_safe_unless_a_test_says_otherwise(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf={"work_mem": "5MB"}) as server:
        shown = {
            name: await ask(server, f"select current_setting('{name}')")
            for name in ("fsync", "synchronous_commit", "max_connections", "work_mem", "server_encoding")
        }
    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "max_connections": "200",
        "work_mem": "5MB",
        "server_encoding": "UTF8",
    }


async def test_only_who_knows_the_password_gets_in_and_nothing_listens_on_the_network(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(**{**server.credentials("postgres"), "password": "guess"})
        assert await ask(server, "select current_setting('listen_addresses')") == ""
        assert server.home.password.stat().st_mode & 0o777 == 0o600
        assert server.home.sockets.stat().st_mode & 0o777 == 0o700
        assert server.home.data.stat().st_mode & 0o777 == 0o700
        assert server.password not in repr(server)


async def test_the_address_in_one_line_leads_to_the_named_database(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        await ask(server, 'create database "shop & co"')
        connection = await asyncpg.connect(server.dsn("shop & co"))
        assert await connection.fetchval("select current_database()") == "shop & co"
        await connection.close()


async def test_a_folder_with_a_quote_and_a_comma_in_its_name_is_fine(state: Path) -> None:
    with EmbeddedPostgres.start(state / 'a "b", c', conf=FAST) as server:
        assert await ask(server, "select 1") == 1
    assert stopped(server.home)


async def test_data_of_another_version_is_refused_and_left_alone(state: Path) -> None:
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        version = server.home.data / "PG_VERSION"
    assert stopped(Home(state))
    version.write_text("9\n")
    with pytest.raises(
        EmbeddedPostgresError, match=r"^\S+/data was written by PostgreSQL 9, but the programs in"
    ):
        EmbeddedPostgres.start(state)
    assert version.read_text() == "9\n"


async def test_a_setting_postgresql_refuses_is_named_and_the_next_start_succeeds(state: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match='unrecognized configuration parameter "no_such_setting"'):
        EmbeddedPostgres.start(state, conf={"no_such_setting": "1"})
    with EmbeddedPostgres.start(state, conf=FAST) as server:
        assert await ask(server, "select 1") == 1


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(state: Path) -> None:
    deep = state / ("x" * (104 - len(str(state / "x" / "s" / ".s.PGSQL.5432")) + 1))
    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres.start(deep)
    assert str(refused.value) == (
        f"The folder {deep} is 1 bytes too deep for the embedded PostgreSQL's socket: "
        "choose a shorter TEAROFF_STATE_DIR."
    )
    assert [file.name for file in deep.iterdir()] == ["gate"]


def test_a_folder_that_cannot_be_used_is_named(state: Path) -> None:
    state.touch()
    with pytest.raises(EmbeddedPostgresError, match=f"cannot use the folder {state}: File exists"):
        EmbeddedPostgres.start(state)
    state.unlink()


def test_root_keeps_the_data_elsewhere_when_the_servers_account_cannot_enter(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "STORE_OF_ROOT", state.parent / "store")
    state.mkdir(mode=0o700)
    places = []
    for _ in range(2):
        with EmbeddedPostgres.start(state / "private", conf=FAST) as server:
            assert server.home.answers()
            places.append(server.home.path)
        assert stopped(server.home)
    if os.geteuid() == 0:
        assert places[0].parent == state.parent / "store"
        assert places[1] == places[0], "the second start finds the data of the first"
    else:
        assert places == [state / "private"] * 2


def test_programs_come_from_the_environment_before_the_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).touch(mode=0o755)
    monkeypatch.delenv(programs.VARIABLE, raising=False)
    assert programs.find().parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setenv(programs.VARIABLE, tmp_path.name)
    assert programs.find() == tmp_path
    assert programs.find(tmp_path / ".." / tmp_path.name).is_absolute()


def test_a_folder_without_programs_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(programs.VARIABLE, str(tmp_path))
    with pytest.raises(EmbeddedPostgresError) as refused:
        programs.find()
    assert str(refused.value) == f"TEAROFF_POSTGRES_BIN: there are no postgres and initdb in {tmp_path}."


def test_programs_in_a_private_folder_are_copied_with_their_libraries(tmp_path: Path) -> None:
    private = tmp_path / "site-packages"
    folder = private / "package" / "pginstall" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("program")
    (private / "package.libs").mkdir()
    (private / "package.libs" / "libpq.so").write_text("library")
    private.chmod(0o700)
    store = tmp_path / "store"
    store.mkdir()
    ourselves = pwd.getpwuid(os.geteuid())
    copies = {programs.reachable(folder, ourselves, store) for _ in range(2)}
    (copy,) = copies
    assert copy.is_relative_to(store)
    assert (copy / "postgres").read_text() == "program"
    assert (copy.parents[2] / "package.libs" / "libpq.so").read_text() == "library"
    assert len(list(store.iterdir())) == 1, "no draft is left"

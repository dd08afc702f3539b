"""Whose machine code is run, and who compiles it."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from badak.engine.machine import folder

unix_only = pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in lists")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BADAK_CACHE", str(tmp_path / "cache"))
    made = folder.usable_folder()
    assert made is not None
    return made


@pytest.fixture
def careless() -> Iterator[None]:
    """Lets new files be written by everyone, as some systems do."""
    before = os.umask(0)
    yield
    os.umask(before)


@unix_only
@pytest.mark.usefixtures("careless")
def test_the_folder_and_its_files_are_their_owners_alone(engine: Path) -> None:
    folder.write(engine / "a.machine-code", b"code")
    assert stat.S_IMODE(engine.stat().st_mode) == 0o700
    assert stat.S_IMODE((engine / "a.machine-code").stat().st_mode) == 0o600
    assert folder.read(engine / "a.machine-code") == b"code"


@unix_only
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_folder_that_others_could_write_to_is_emptied_and_closed(engine: Path, mode: int) -> None:
    planted = engine / "a.machine-code"
    folder.write(planted, b"anyone's code")
    engine.chmod(mode)
    assert folder.usable_folder() == engine
    assert not planted.exists()
    assert stat.S_IMODE(engine.stat().st_mode) == 0o700


@unix_only
@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_could_write_is_not_read_and_is_replaced(
    engine: Path, mode: int
) -> None:
    file = engine / "a.machine-code"
    folder.write(file, b"anyone's code")
    file.chmod(mode)
    with pytest.raises(PermissionError, match="others may have written it"):
        folder.read(file)
    folder.write(file, b"code")
    assert folder.read(file) == b"code"


@unix_only
def test_a_link_is_not_followed(engine: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"code")
    (engine / "a.machine-code").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="machine-code"):
        folder.read(engine / "a.machine-code")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root gives files to other users"
)
def test_what_belongs_to_another_user_is_not_loaded_from(engine: Path) -> None:
    file = engine / "a.machine-code"
    folder.write(file, b"another one's code")
    os.chown(file, 12345, 12345)
    with pytest.raises(PermissionError, match="others may have written it"):
        folder.read(file)
    os.chown(engine, 12345, 12345)
    with pytest.warns(
        RuntimeWarning, match=r"belongs to another user.*set BADAK_CACHE to a folder"
    ):
        assert folder.usable_folder() is None


@unix_only
def test_own_and_the_administrators_files_are_trusted_and_no_others() -> None:
    def owned(user: int) -> os.stat_result:
        return os.stat_result((stat.S_IFREG | 0o600, 1, 1, 1, user, 0, 0, 0, 0, 0))

    me = os.geteuid()
    assert [folder._is_foreign(owned(user)) for user in (me, 0, me + 1)] == [False, False, True]


HOLD = """
import sys, time
from pathlib import Path
from badak.engine.machine import folder
with folder.one_at_a_time(Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(engine: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the lock and does not let go of it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(engine)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_whose_owner_was_killed_is_free(
    engine: Path, holder: "subprocess.Popen[str]"
) -> None:
    holder.kill()
    holder.wait()
    with folder.one_at_a_time(engine, lambda: pytest.fail("it waits for the dead")):
        pass


def test_patience_with_an_owner_that_does_not_come_back_has_an_end(
    engine: Path, holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    said: list[str] = []
    with folder.one_at_a_time(engine, lambda: said.append("waiting")):
        assert said == ["waiting"]
    assert holder.poll() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_that_was_forked_meanwhile_does_not_keep_the_lock(engine: Path) -> None:
    with folder.one_at_a_time(engine, lambda: None):
        child = os.fork()
        if child == 0:
            time.sleep(600)
            os._exit(0)
    try:
        with folder.one_at_a_time(engine, lambda: pytest.fail("the child holds it")):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

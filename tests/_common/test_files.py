import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from badak._common.files import write_whole


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_bytes_and_writers_write_the_same(tmp_path):
    write_whole(tmp_path / "a", b"one two")
    write_whole(str(tmp_path / "b"), lambda file: (file.write(b"one "), file.write(b"two")))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"one two"
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("interruption", [RuntimeError, OSError, KeyboardInterrupt])
def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, interruption):
    path = tmp_path / "weights"
    path.write_bytes(b"old")

    def writer(file):
        file.write(b"half of the new")
        raise interruption

    with pytest.raises(interruption):
        write_whole(path, writer)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["weights"]


def test_a_new_file_that_fails_does_not_appear(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "weights", lambda file: 1 / 0)
    assert names(tmp_path) == []


def test_a_failing_rename_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "weights", b"new")
    assert names(tmp_path) == []


def test_the_bytes_are_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync

    def watched(handle):
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), names(tmp_path)))
        sync(handle)

    monkeypatch.setattr("os.fsync", watched)
    write_whole(tmp_path / "weights", b"new")
    (of_folder, before), (then_folder, after) = synced
    assert not of_folder
    assert "weights" not in before
    assert then_folder
    assert after == ["weights"]


def test_an_old_file_keeps_its_mode(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"old")
    for mode in (0o600, 0o640, 0o777):
        path.chmod(mode)
        write_whole(path, b"new")
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_mode_that_open_gives(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_whole(tmp_path / "whole", b"")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path):
    write_whole(tmp_path / ("w" * 255), b"new")
    assert names(tmp_path) == ["w" * 255]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere; make it first"):
        write_whole(tmp_path / "nowhere" / "weights", b"")


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError, match="file is not a folder"):
        write_whole(tmp_path / "file" / "weights", b"")


def test_a_folder_is_not_overwritten(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match="it is a folder; give a file's name"):
        write_whole(tmp_path / "folder", b"")


def test_a_device_is_not_replaced_by_a_file():
    with pytest.raises(OSError, match="a device or a pipe"):
        write_whole("/dev/null", b"")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folders_and_files_that_may_not_be_written_are_named(tmp_path):
    (tmp_path / "weights").write_bytes(b"old")
    (tmp_path / "weights").chmod(0o444)
    with pytest.raises(PermissionError, match="write-protected"):
        write_whole(tmp_path / "weights", b"")
    tmp_path.chmod(0o555)
    with pytest.raises(PermissionError, match="may not be written to"):
        write_whole(tmp_path / "other", b"")
    tmp_path.chmod(0o755)


def test_readers_never_meet_half_a_file(tmp_path):
    path = tmp_path / "weights"
    contents = [bytes([value]) * 100_000 for value in range(4)]
    write_whole(path, contents[0])
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    writers = [
        threading.Thread(target=lambda: [write_whole(path, content) for content in contents])
        for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert seen <= set(contents)
    assert names(tmp_path) == ["weights"]


KILLED_WHILE_WRITING = """
import os, signal, sys
from badak._common.files import write_whole

def write(file):
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

write_whole(sys.argv[1], write)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no SIGKILL")
def test_what_a_killed_process_left_is_removed_by_the_next_writing(tmp_path):
    target, other = tmp_path / "model.bin", tmp_path / "other.bin"
    for path in (target, other):
        subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(path)], check=False)
    assert len(list(tmp_path.glob(".badak-*"))) == 2
    write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert len(list(tmp_path.glob(".badak-*"))) == 1  # of the other file
    write_whole(other, b"whole")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.bin", "other.bin"]


def test_what_a_living_process_writes_stays(tmp_path):
    target = tmp_path / "model.bin"

    def writes_too(file):
        file.write(b"outer")
        write_whole(target, b"inner")
        assert target.read_bytes() == b"inner"

    write_whole(target, writes_too)
    assert target.read_bytes() == b"outer"
    assert [each.name for each in tmp_path.iterdir()] == ["model.bin"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_the_name_of_the_file(code, tmp_path, monkeypatch):
    target = tmp_path / "model.bin"
    target.write_bytes(b"old")

    def full(handle):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"cannot write .*model\.bin: .*; make room") as caught:
        write_whole(target, b"new")
    assert caught.value.errno == code
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["model.bin"]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit")
def test_a_file_larger_than_the_system_lets_it_be_is_named(tmp_path):
    program = (
        "import resource, sys; from badak import Input, Sequential, layers\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "Sequential([Input((100,)), layers.Dense(100)]).save(sys.argv[1])"
    )
    path = tmp_path / "model.safetensors"
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert f"cannot write {path}: File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named_once(tmp_path):
    path = tmp_path / "none" / "model.bin"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(path, b"")
    folder = path.parent
    assert str(caught.value) == f"cannot write {path}: there is no folder {folder}; make it first"

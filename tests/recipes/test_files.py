import errno
import os
import tempfile

import pytest

from badak.recipes.files import check_output


def test_a_folder_that_cannot_be_written_to_is_named_with_the_reason(tmp_path, monkeypatch):
    def refuse(**arguments):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(PermissionError, match="cannot be written to"):
        check_output(tmp_path / "m.safetensors")


def test_a_write_protected_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "m.safetensors"
    path.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(PermissionError, match="write-protected"):
        check_output(path)


def test_behind_a_link_it_is_the_folder_of_the_file_that_counts(tmp_path):
    link = tmp_path / "m.safetensors"
    link.symlink_to(tmp_path / "missing" / "m.safetensors")
    with pytest.raises(FileNotFoundError):
        check_output(link)
    (tmp_path / "missing").mkdir()
    check_output(link)
    assert not any((tmp_path / "missing").iterdir())

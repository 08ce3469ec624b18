"""Files that are replaced: what is on the disk, and when."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from liner_async._files import replace_file


@pytest.fixture
def steps(monkeypatch):
    """Return a list that fills with the steps which make a new file last."""
    taken = []
    sync, rename = os.fsync, Path.replace

    def fsync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        taken.append("sync folder" if is_folder else "sync file")
        sync(descriptor)

    def replace(path, target):
        taken.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    return taken


def test_new_content_is_on_the_disk_before_it_takes_the_old_ones_place(tmp_path, steps):
    """The content is synced, then renamed, and then the folder is synced: a power cut is safe."""
    file = tmp_path / "file"
    file.write_text("old")
    replace_file(file, "neu \N{EURO SIGN}")
    assert steps == ["sync file", "rename", "sync folder"]
    assert file.read_text("utf-8") == "neu \N{EURO SIGN}"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_opened_is_not_synced(tmp_path, steps, monkeypatch):
    """Windows opens no folders; the file is replaced all the same."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    replace_file(tmp_path / "file", "new")
    assert steps == ["sync file", "rename"]
    assert (tmp_path / "file").read_text("utf-8") == "new"

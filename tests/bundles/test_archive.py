"""Archives that hold what their manifest says, and those that do not."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
from contextlib import suppress

import orjson
import pytest

from bench.bundles import archive
from bench.bundles.archive import BundleError, extract, read_manifest, write_archive
from bench.testing.refusals import refusal

FILES = {"a.txt": b"first", "deep/b.bin": bytes(range(256))}


@pytest.fixture
def whole(tmp_path):
    """A bundle of two files."""
    folder = tmp_path / "folder"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    write_archive(tmp_path / "whole.zip", folder, {"title": "two"})
    return tmp_path / "whole.zip"


def sealed(path, change=lambda content: content):
    """Put the checksum of an archive at its end, after a change of all before it."""
    content = change(path.read_bytes()[:-64])
    path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return path


def crafted(path, entries, manifest=None, kind=zipfile.ZIP_DEFLATED):
    """Write an archive of (name or entry, content), with a manifest that fits unless given."""
    if manifest is None:
        known = {getattr(e, "filename", e): c for e, c in entries}
        manifest = {"schema": 1, "files": {
            name: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()}
            for name, c in known.items()
        }}  # fmt: skip
    with zipfile.ZipFile(path, "w", kind) as file:
        file.comment = b"0" * 64
        file.writestr("manifest.json", orjson.dumps(manifest))
        for entry, content in entries:
            file.writestr(entry, content)
    return sealed(path)


def opened(path, tmp_path):
    """Return why a bundle is refused; nothing may lie outside the folder it was to go to."""
    place = tmp_path / "out"
    place.mkdir()
    before = {p.name for p in tmp_path.parent.iterdir()}
    message = refusal(BundleError, extract, path, place)
    assert "\n" not in message
    assert {p.name for p in tmp_path.iterdir()} <= {"out", "folder", "whole.zip", path.name}
    assert {p.name for p in tmp_path.parent.iterdir()} == before
    return message


def held(folder):
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_what_is_extracted_is_what_was_written(whole, tmp_path):
    place = tmp_path / "out"
    place.mkdir()
    assert extract(whole, place)["title"] == "two"
    assert held(place) == FILES
    assert read_manifest(whole)["files"]["a.txt"]["bytes"] == 5


def test_the_same_files_are_the_same_archive(whole, tmp_path):
    os.utime(tmp_path / "folder" / "a.txt", (1, 1))
    write_archive(tmp_path / "again.zip", tmp_path / "folder", {"title": "two"})
    assert (tmp_path / "again.zip").read_bytes() == whole.read_bytes()


def test_an_interrupt_leaves_the_earlier_archive_alone(whole, tmp_path, monkeypatch):
    before = whole.read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "checksum", interrupted)
    for path in (whole, tmp_path / "new.zip"):
        with pytest.raises(KeyboardInterrupt):
            write_archive(path, tmp_path / "folder", {})
    assert whole.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} == {"folder", "whole.zip"}


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_BYTES", "MAX_ARCHIVE_BYTES"])
def test_what_nobody_could_open_is_not_written(whole, tmp_path, monkeypatch, limit):
    before = whole.read_bytes()
    monkeypatch.setattr(archive, limit, 1)
    text = refusal(BundleError, write_archive, whole, tmp_path / "folder", {})
    assert "this one would have" in text
    assert text.endswith("hand on the results folder instead")
    assert whole.read_bytes() == before


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/evil", "\\evil", "c:/evil", "c:evil", "a\\..\\evil", "a//b",
     "folder/", "./a", ".hidden", "a/.", "e\u0301vil", "\u00e9vil", "a b", "a\nb", "nul.", "",
     "\uff0e\uff0e/evil", "a" * 300, "/".join("a" * 20)],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_or_has_another_form_is_refused(tmp_path, name):
    path = crafted(tmp_path / "bad.zip", [(zipfile.ZipInfo(name), b"")])
    message = opened(path, tmp_path)
    assert "is no name of a file in it" in message
    assert message.isascii()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_a_link_and_other_special_files_are_refused(tmp_path, kind):
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (kind | 0o777) << 16
    path = crafted(tmp_path / "bad.zip", [(entry, b"/etc/passwd")])
    assert "link is a link or another special file" in opened(path, tmp_path)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["report/A.csv", "report/a.CSV"], "two names in it differ only in case"),
        (["report", "report/a.csv"], "report is a file and a folder in it"),
    ],
)
def test_names_that_some_systems_make_one_file_of_are_refused(tmp_path, names, why):
    path = crafted(tmp_path / "bad.zip", [(name, b"x") for name in names])
    assert why in opened(path, tmp_path)


def test_a_name_that_stands_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = crafted(tmp_path / "bad.zip", [("a", b"x"), ("a", b"y")])
    assert "a name stands in it twice" in opened(path, tmp_path)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(tmp_path):
    content = bytes(50_000_000)
    about = {"bytes": 10, "sha256": hashlib.sha256(content).hexdigest()}
    path = crafted(
        tmp_path / "bad.zip", [("bomb", content)], {"schema": 1, "files": {"bomb": about}}
    )
    assert path.stat().st_size < 100_000
    assert "its files are not those of its manifest.json" in opened(path, tmp_path)
    assert held(tmp_path / "out") == {}
    (tmp_path / "out").rmdir()
    # Its entry in the list of files lies as well.
    size = struct.pack("<L", len(content))
    sealed(path, lambda c: c[: c.rindex(b"PK\x01\x02")] + c[c.rindex(b"PK\x01\x02") :].replace(
        size, struct.pack("<L", 10)))  # fmt: skip
    assert "bad.zip is not: " in opened(path, tmp_path)
    assert sum(map(len, held(tmp_path / "out").values())) <= 11


def test_a_file_that_says_that_it_unpacks_to_a_thousand_times_as_much_is_refused(tmp_path):
    path = crafted(tmp_path / "bad.zip", [("bomb", bytes(20_000_000))])
    assert "it unpacks to 20,000,000 bytes, " in opened(path, tmp_path)
    assert held(tmp_path / "out") == {}


def test_too_many_files_and_bytes_are_refused(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    assert "it has 2 files, 1 are the most" in refusal(BundleError, read_manifest, whole)
    monkeypatch.setattr(archive, "MAX_FILES", 10)
    monkeypatch.setattr(archive, "MAX_BYTES", 260)
    assert "it unpacks to 261 bytes, 260 are the most" in opened(whole, tmp_path)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 100)
    assert " bytes, 100 are the most" in refusal(BundleError, read_manifest, whole)


def test_a_second_list_of_files_is_refused(whole, tmp_path):
    def second(content):
        end = content.rindex(b"PK\x05\x06")
        return content[:end] + b"PK\x06\x07" + bytes(16) + content[end:]

    assert "it has a second list of its files" in opened(sealed(whole, second), tmp_path)


def test_the_end_that_is_checked_is_the_end_that_is_read(whole, tmp_path):
    def inside(content):
        # A whole end of its own: that its list of files is as long as bounds allow, and a comment.
        end, length = content.rindex(b"PK\x05\x06"), archive.MAX_DIRECTORY_BYTES * 5
        record = b"PK\x05\x06" + b"PK\x05\x06" + struct.pack("<4HL", 0, 0, 3, 3, length)
        return content[:end] + record[:20] + struct.pack("<H", 64)

    path = sealed(whole, inside)
    assert zipfile.is_zipfile(path)
    assert "has two ends" in opened(path, tmp_path)


@pytest.mark.parametrize("place", [4, 6, 8, 10, 12, 16])
def test_an_end_whose_numbers_do_not_fit_is_refused(whole, tmp_path, place):
    def other(content):
        at = content.rindex(b"PK\x05\x06") + place
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    assert "its list of files is not where it says" in opened(sealed(whole, other), tmp_path)


def test_a_changed_file_is_refused(tmp_path):
    known = {"a.txt": {"bytes": 5, "sha256": hashlib.sha256(b"first").hexdigest()}}
    path = crafted(tmp_path / "bad.zip", [("a.txt", b"First")], {"schema": 1, "files": known})
    assert "a.txt is not as it was written" in opened(path, tmp_path)


def test_a_flipped_byte_anywhere_is_refused(whole, tmp_path):
    content = whole.read_bytes()
    path = tmp_path / "flipped.zip"
    for place in range(0, len(content), 3):
        changed = bytearray(content)
        changed[place] ^= 0x10
        path.write_bytes(bytes(changed))
        assert "\n" not in refusal(BundleError, read_manifest, path)


def test_a_flipped_byte_under_a_checksum_that_fits_is_refused_or_changes_nothing(whole, tmp_path):
    content = whole.read_bytes()
    for place in range(0, len(content) - 64, 9):
        changed = bytearray(content)
        changed[place] ^= 0x10
        path, out = tmp_path / "flipped.zip", tmp_path / f"out-{place}"
        path.write_bytes(bytes(changed))
        sealed(path)
        out.mkdir()
        with suppress(BundleError):
            extract(path, out)
            assert held(out) == FILES


@pytest.mark.parametrize("length", [0, 1, 30, 85, 86, 200, -1, -64, -65])
def test_a_cut_archive_is_refused(whole, tmp_path, length):
    path = tmp_path / "cut.zip"
    path.write_bytes(whole.read_bytes()[:length])
    assert "another kind of file, or incomplete" in refusal(BundleError, read_manifest, path)


def test_an_encrypted_file_is_refused(whole, tmp_path):
    def encrypted(content):
        place = content.rindex(b"PK\x01\x02")
        return content[: place + 8] + b"\x01" + content[place + 9 :]

    assert "deep/b.bin is encrypted" in opened(sealed(whole, encrypted), tmp_path)


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_compression_is_refused(tmp_path, kind):
    path = crafted(tmp_path / "bad.zip", [("a", b"x")], kind=kind)
    assert "is compressed in another way than deflate" in opened(path, tmp_path)


def test_a_stored_file_is_read(tmp_path):
    path = crafted(tmp_path / "good.zip", [("a", b"x")], kind=zipfile.ZIP_STORED)
    (tmp_path / "out").mkdir()
    extract(path, tmp_path / "out")
    assert held(tmp_path / "out") == {"a": b"x"}


@pytest.mark.parametrize(
    "files",
    [None, [], {"a": {}}, {"a": {"bytes": -1, "sha256": ""}}, {"a": {"bytes": "1", "sha256": ""}},
     {"a": {"bytes": True, "sha256": ""}}, {"other": {"bytes": 1, "sha256": ""}}, {}],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_refused(tmp_path, files):
    path = crafted(tmp_path / "bad.zip", [("a", b"x")], {"schema": 1, "files": files})
    assert "manifest.json" in opened(path, tmp_path)


@pytest.mark.parametrize("manifest", [[], {}, "text", None, {"schema": [1]}])
def test_what_is_no_manifest_is_refused(tmp_path, manifest):
    crafted(tmp_path / "bad.zip", [("a", b"x")], {} if manifest is None else manifest)
    assert "a bundle must " in opened(tmp_path / "bad.zip", tmp_path)


def test_another_schema_is_named(tmp_path):
    path = crafted(tmp_path / "bad.zip", [("a", b"x")], {"schema": 2, "contents": {}})
    assert opened(path, tmp_path) == (
        f"a bundle must have schema 1, {path} has 2; use the version of tunebench that wrote it"
    )


def test_another_file_is_no_bundle(tmp_path):
    message = refusal(BundleError, read_manifest, tmp_path / "nowhere.zip")
    assert "a bundle must be a file, there is no " in message
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    message = refusal(BundleError, read_manifest, tmp_path / "empty.zip")
    assert "it is another kind of file" in message
    message = refusal(BundleError, read_manifest, crafted(tmp_path / "none.zip", [], {}))
    assert "manifest.json cannot be read" in message


def test_a_folder_and_a_pipe_are_no_bundle(tmp_path):
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "folder.zip").mkdir()
    for name, why in (("pipe", "it is a pipe or a device"), ("folder", "Is a directory")):
        message = refusal(BundleError, read_manifest, tmp_path / f"{name}.zip")
        assert f"{name}.zip is not ({why})" in message

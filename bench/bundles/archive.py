"""Zip archives that hold what their manifest says, to the byte, and nothing else."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import orjson

from bench.errors import UserError
from bench.files import check_plain, replacing

SCHEMA = 1
"""Of what an archive holds; raised when an older reader would go wrong."""

MANIFEST = "manifest.json"
MAX_FILES = 10_000
MAX_BYTES = 4_000_000_000
"""Of all files of an archive, unpacked."""

MAX_ARCHIVE_BYTES = 2_000_000_000
MAX_RATIO = 200
"""Unpacked bytes per byte of an archive; tables of numbers have about 10, a zip bomb 1,000."""

MAX_MANIFEST_BYTES = 10_000_000
MAX_DIRECTORY_BYTES = 10_000_000
"""Of the list of files at the end of an archive: each entry takes a kilobyte of memory."""

_NAME = re.compile(r"\w[\w.-]{0,199}(/\w[\w.-]{0,199}){0,9}", re.ASCII)
"""Names of files in an archive: none has a drive, a way up, or another form in Unicode."""

_SEAL_LENGTH = 64
"""Hexadecimal digits of the SHA-256 of all that stands before; the archive's comment."""

_END = struct.Struct("<4s4H2LH")
"""The end of a zip archive: signature, disks, entries, size and place of the list, comment."""

_END_MARK = b"PK\x05\x06"
_SECOND_END_LENGTH = 20
_COMPRESSED = (".parquet", ".png")
"""Endings of files that get hardly smaller, however long it takes."""

_CHUNK = 1 << 20
_BEFORE_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip archive knows: when a file was written is no part of what it holds."""


class BundleError(UserError):
    """An archive that is no bundle, or not as it was written."""


def write_archive(path: Path, folder: Path, about: Mapping[str, Any]) -> None:
    """Write all files of a folder into an archive, with a manifest of their sizes and hashes.

    It is there when it is whole. The same files give the same archive, but for what another version
    of zlib makes of them.

    Args:
        path: of the archive; what is there is replaced.
        folder: its files, at any depth.
        about: what the manifest says beside the files; plain data.

    Raises:
        BundleError: nobody could open it, since it has too many files or bytes.
        OSError: it cannot be written.
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    known = {file.relative_to(folder).as_posix(): file for file in files}
    sizes = {name: file.stat().st_size for name, file in known.items()}
    contents = {name: {"bytes": size, "sha256": _hash(known[name])} for name, size in sizes.items()}
    manifest = orjson.dumps(
        {"schema": SCHEMA, **about, "files": contents}, option=orjson.OPT_INDENT_2
    )
    if len(files) > MAX_FILES or sum(sizes.values()) > MAX_BYTES:
        raise _too_large(f"{len(files):,} files and {sum(sizes.values()) / 1e9:.1f} GB")
    with replacing(path) as out:
        with zipfile.ZipFile(out, "w") as archive:
            archive.comment = b"0" * _SEAL_LENGTH
            archive.writestr(_entry(MANIFEST), manifest + b"\n")
            for name, file in known.items():
                entry = _entry(name)
                entry.file_size = sizes[name]
                with file.open("rb") as source, archive.open(entry, "w") as to:
                    while chunk := source.read(_CHUNK):
                        to.write(chunk)
        out.flush()
        if (size := os.fstat(out.fileno()).st_size) > MAX_ARCHIVE_BYTES:
            raise _too_large(f"{size / 1e9:.1f} GB when compressed")
        with Path(out.name).open("rb") as written:
            seal = checksum(written)
        out.seek(-_SEAL_LENGTH, os.SEEK_END)
        out.write(seal)


def _too_large(got: str) -> BundleError:
    return BundleError(
        f"a bundle may have {MAX_FILES:,} files, {MAX_BYTES / 1e9:g} GB of them and "
        f"{MAX_ARCHIVE_BYTES / 1e9:g} GB when compressed, this one would have {got}; hand on the "
        "results folder instead"
    )


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of an archive.

    Raises:
        BundleError: there is none, or it breaks a rule.
    """
    with _opened(path) as archive:
        return _manifest(archive, path)


def extract(path: Path, folder: Path) -> dict[str, Any]:
    """Write the files of an archive into an empty folder, and return its manifest.

    Names, sizes and hashes are checked: no path leads out of the folder, no file is a link, none
    has another size or content than the manifest says, and none is executed or read as code.

    Args:
        path: of the archive.
        folder: empty.

    Raises:
        BundleError: the archive breaks a rule.
        OSError: the folder cannot be written.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        for name, about in manifest["files"].items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as to:
                for chunk in _content(archive, name, about, path):
                    to.write(chunk)
    return manifest


def _content(
    archive: zipfile.ZipFile, name: str, about: Mapping[str, Any], path: Path
) -> Iterator[bytes]:
    """Yield the content of a file, no more of it than its manifest says."""
    digest, left = hashlib.sha256(), int(about["bytes"])
    with _damage(path), archive.open(name) as source:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise _refused(path, f"{name} is larger than its manifest says")
            digest.update(chunk)
            yield chunk
    if left or digest.hexdigest() != about["sha256"]:
        raise _refused(path, f"{name} is not as it was written")


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """Return the manifest of an archive whose entries it describes, one by one."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    if len(entries) < len(archive.infolist()):
        raise _refused(path, "a name stands in it twice")
    for entry in entries.values():
        _check_entry(entry, path)
    _check_names(list(entries), path)
    if MANIFEST not in entries:
        raise _refused(path, f"it has no {MANIFEST}")
    with _damage(path), archive.open(MANIFEST) as file:
        text = file.read(MAX_MANIFEST_BYTES + 1)
    manifest = _parsed(text, path)
    sizes = {name: about["bytes"] for name, about in manifest["files"].items()}
    if sizes != {name: entry.file_size for name, entry in entries.items() if name != MANIFEST}:
        raise _refused(path, f"its files are not those of its {MANIFEST}")
    most = min(MAX_BYTES, MAX_RATIO * _size(archive))
    if (total := sum(sizes.values())) > most:
        raise _refused(path, f"it unpacks to {total:,} bytes, {most:,} are the most")
    return manifest


def _check_entry(entry: zipfile.ZipInfo, path: Path) -> None:
    """Refuse what is no file, or what a bundle is never written with."""
    name = entry.filename
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise _refused(path, f"{name!a} is no name of a file in it")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise _refused(path, f"{name} is a link or another special file")
    if entry.flag_bits & 1:
        raise _refused(path, f"{name} is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(path, f"{name} is compressed in another way than deflate")


def _check_names(names: Sequence[str], path: Path) -> None:
    """Refuse names of which some systems would make one file."""
    known = {name.lower() for name in names}
    if len(known) < len(names):
        raise _refused(path, "two names in it differ only in case")
    folders = {str(p) for name in known for p in PurePosixPath(name).parents}
    if both := sorted(known & folders):
        raise _refused(path, f"{both[0]} is a file and a folder in it")


def _parsed(text: bytes, path: Path) -> dict[str, Any]:
    """Return a manifest whose files have a size and a hash."""
    try:
        if len(text) > MAX_MANIFEST_BYTES:
            raise ValueError("too large")
        manifest = orjson.loads(text)
        if (schema := manifest["schema"]) != SCHEMA:
            raise BundleError(
                f"a bundle must have schema {SCHEMA}, {path} has {schema!s:.40}; use the version "
                "of tunebench that wrote it"
            )
        for about in manifest["files"].values():
            size, digest = about["bytes"], about["sha256"]
            if type(size) is not int or size < 0 or not isinstance(digest, str):
                raise ValueError("no size, or no hash")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _refused(path, f"its {MANIFEST} cannot be read") from None
    return dict(manifest)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give an archive that is as it was written, which its seal says."""
    try:
        check_plain(path)
        file = path.open("rb")
    except FileNotFoundError:
        raise BundleError(
            f"a bundle must be a file, there is no {path}; name a file that `tunebench bundle` "
            "wrote"
        ) from None
    except OSError as error:
        raise BundleError(
            f"a bundle must be a file that can be read, {path} is not ({error.strerror}); name a "
            "file that `tunebench bundle` wrote"
        ) from None
    with file:
        _check_end(file, path)
        with _damage(path):
            archive = zipfile.ZipFile(file)
        with archive:
            yield archive


def _check_end(file: BinaryIO, path: Path) -> None:
    """Refuse a file that does not end as a bundle does, has too many entries, or was changed."""
    size = os.fstat(file.fileno()).st_size
    if size > MAX_ARCHIVE_BYTES:
        raise _refused(path, f"it has {size:,} bytes, {MAX_ARCHIVE_BYTES:,} are the most")
    start = size - _SEAL_LENGTH - _END.size
    file.seek(max(start, 0))
    tail = file.read(_END.size)
    try:
        end = _END.unpack(tail)
    except struct.error:
        end = (b"",)
    if start < 0 or end[0] != _END_MARK or end[-1] != _SEAL_LENGTH:
        raise _refused(path, "it is another kind of file, or incomplete")
    # zipfile takes the last one.
    if tail.rfind(_END_MARK):
        raise _refused(path, "it has two ends")
    # A second end, for archives of more than 2 GB, stands before it and would count instead.
    file.seek(max(start - _SECOND_END_LENGTH, 0))
    if file.read(4) == b"PK\x06\x07":
        raise _refused(path, "it has a second list of its files")
    _, disk, first_disk, here, count, length, offset, _ = end
    if count - 1 > MAX_FILES or length > MAX_DIRECTORY_BYTES:
        raise _refused(path, f"it has {count - 1:,} files, {MAX_FILES:,} are the most")
    if disk or first_disk or here != count or offset + length != start:
        raise _refused(path, "its list of files is not where it says")
    seal = checksum(file)
    file.seek(-_SEAL_LENGTH, os.SEEK_END)
    if file.read() != seal:
        raise _refused(path, "its checksum is another one, so it is damaged or was changed")


def checksum(file: BinaryIO) -> bytes:
    """Return the checksum of an archive, which stands at its end; the file is read up to there."""
    left = os.fstat(file.fileno()).st_size - _SEAL_LENGTH
    digest = hashlib.sha256()
    file.seek(0)
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Say in one line what zipfile says of a damaged archive, in many ways."""
    try:
        yield
    except BundleError:
        raise
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise _refused(path, f"it is damaged ({why[:200]})") from None


def _refused(path: Path, why: str) -> BundleError:
    return BundleError(
        f"a bundle must be as `tunebench bundle` wrote it, {path} is not: {why}; get another copy "
        "of it"
    )


def _size(archive: zipfile.ZipFile) -> int:
    assert archive.fp is not None
    return os.fstat(archive.fp.fileno()).st_size


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _BEFORE_TIME)
    stored = name.endswith(_COMPRESSED)
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.create_system = 3  # Unix, wherever it is written
    return entry


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

"""Bundles: their bytes, with the checksum of the original and with one that fits, their lists."""

import functools
import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from bench.bundles.archive import BundleError, extract, write_archive
from tests.fuzz.mutations import as_json, bytes_of, data_of
from tests.fuzz.reader import Misread, Reader

FILES = {"sweep.json": b'{"name": "mine"}\n', "report/index.html": b"<p>" * 50}
SEAL = 64


@functools.cache
def _bundle() -> bytes:
    """Return a small bundle."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        for file, content in FILES.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        write_archive(Path(name) / "bundle.zip", folder, {"title": "mine"})
        return (Path(name) / "bundle.zip").read_bytes()


def _sealed(content: bytes) -> bytes:
    """Return a bundle with a checksum that fits, as nothing but a person who forges it has it."""
    return content[:-SEAL] + hashlib.sha256(content[:-SEAL]).hexdigest().encode()


def _listing(data: Any) -> bytes:
    """Return a bundle whose files are those of some names and contents, with a manifest."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"0" * SEAL
        archive.writestr("manifest.json", as_json(data))
        for name, content in FILES.items():
            archive.writestr(name, content)
    return _sealed(out.getvalue())


class Bundles(Reader):
    name = "bundles"
    refusals = (BundleError,)

    def __init__(self) -> None:
        whole = _bundle()
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            manifest = orjson.loads(archive.read("manifest.json"))
        self.inputs = st.one_of(
            bytes_of([whole]),
            bytes_of([whole]).map(_sealed),
            data_of([manifest]).map(_listing),
            st.binary(max_size=200),
        )

    def write(self, folder: Path, content: bytes) -> Path:
        (folder / "bundle.zip").write_bytes(content)
        (folder / "out" / "inner").mkdir(parents=True)
        return folder / "bundle.zip"

    def read(self, path: Path) -> dict[str, bytes]:
        folder = path.with_name("out") / "inner"
        extract(path, folder)
        files = (file for file in folder.rglob("*") if file.is_file())
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}

    def check(self, path: Path, content: bytes, found: dict[str, bytes]) -> None:
        outside = {file.name for file in path.parent.rglob("*")} - {
            part for name in found for part in name.split("/")
        }
        if outside != {"bundle.zip", "out", "inner"}:
            raise Misread("something was written elsewhere")
        if found != FILES:
            raise Misread("other files than were bundled")

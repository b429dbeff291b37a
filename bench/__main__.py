"""`tunebench`, and `python -m bench`: what goes wrong around a command is said in one line."""

from __future__ import annotations

import io
import os
import sys

from bench.errors import OutputError

# Not from typing: the less is loaded, the sooner Ctrl-C is answered in one line.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


class _Stream(io.FileIO):
    """A standard stream that is silent once it cannot be written."""

    broken = False

    def write(self, data: object) -> int:
        if not self.broken:
            try:
                return super().write(data)  # type: ignore[arg-type]
            except OSError as error:
                self.broken = True
                self.fail(error)
        return memoryview(data).nbytes  # type: ignore[arg-type]

    def fail(self, error: OSError) -> None:
        """Take note of an error; there is nowhere to tell of one of standard error."""


class _Output(_Stream):
    """Standard output, whose first error ends the command."""

    def fail(self, error: OSError) -> None:
        """Raise the error."""
        closed = isinstance(error, BrokenPipeError)
        raise OutputError(error.strerror or str(error), closed=closed) from None


def main() -> None:
    """Run a command and exit."""
    sys.exit(_run())


def _run() -> int:
    _set_streams()
    try:
        try:
            os.getcwd()
        except OSError as error:
            return _say(f"error: a command needs a working directory ({error.strerror}); cd to one")
        # Not before: numpy loads here.
        from bench.cli import main as command

        try:
            command(prog_name="tunebench")
        except SystemExit as end:
            if sys.stdout is not None:
                sys.stdout.flush()
            return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except OutputError as error:
        if not error.closed:  # `| head` is no error
            _say(f"error: standard output must be writable, here it is not ({error})")
        return error.exit_code
    except ImportError as error:
        # Little address space shows so, too: a library that cannot be mapped.
        return _say(
            f"error: what is installed must be importable, here it is not ({error}); install "
            "again, or allow more memory (`ulimit -v`)"
        )
    except MemoryError:
        return _say("error: the memory is not enough (`ulimit -v` is a limit of it)")
    return 0


def _set_streams() -> None:
    if sys.stdout is not None:
        out = _Output(sys.stdout.fileno(), "w", closefd=False)
        sys.stdout = _written_as(sys.stdout, out, line_buffering=out.isatty())
    if sys.stderr is not None:
        err = _Stream(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = _written_as(sys.stderr, err, line_buffering=True)


def _written_as(before: TextIO, raw: _Stream, *, line_buffering: bool) -> TextIO:
    # A terminal that knows ASCII only gets question marks, not a traceback.
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=before.encoding,
        errors="replace",
        line_buffering=line_buffering,
    )


def _say(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()

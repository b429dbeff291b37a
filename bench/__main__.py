"""`python -m bench` is `tunebench`."""

from bench.cli import main

if __name__ == "__main__":
    main(prog_name="tunebench")

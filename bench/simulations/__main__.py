"""Finds all simulations again and writes their files: `python -m bench.simulations`."""

from __future__ import annotations

from bench.simulations import FOLDER
from bench.simulations.coverage import coverage
from bench.simulations.looks import looks
from bench.simulations.looks_new import looks_new
from bench.simulations.words import words

SIMULATIONS = {"coverage": coverage, "looks": looks, "looks-new": looks_new, "words": words}
"""File -> what writes it."""

if __name__ == "__main__":
    for name, simulate in SIMULATIONS.items():
        simulate().to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")

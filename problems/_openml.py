"""Data sets of OpenML (Vanschoren et al., SIGKDD Explorations 15, 2013), by their number."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

from problems._columns import to_dataset
from problems._dataset import DataSet, Facts, measured

PREFIX = "openml:"


def load_openml(
    name: str, target: str, groups: str, drop: tuple[str, ...] = ()
) -> tuple[Facts, DataSet]:
    """Return the facts and the arrays of `openml:ID`, downloaded once by scikit-learn.

    Args:
        name: `openml:` and the set's number.
        target: the column to predict, "" for the one that OpenML names.
        groups: the column that says which rows belong together, "" for none.
        drop: the columns to leave out.

    Raises:
        ValueError: there is no such set, it is neither in scikit-learn's data home nor can it be
            downloaded, or its table cannot be measured on.
    """
    number = name.removeprefix(PREFIX)
    if not (number.isascii() and number.isdigit()):
        raise ValueError(
            f"an OpenML data set is named by its number, got {name!r}; credit-g, for example, is "
            "openml:31"
        )
    return _load(name, int(number), target, groups, drop)


@lru_cache(maxsize=4)
def _load(
    name: str, number: int, target: str, groups: str, drop: tuple[str, ...]
) -> tuple[Facts, DataSet]:
    import pyarrow as pa

    bunch = _fetch(name, number)
    details = bunch.details
    default = details.get("default_target_attribute", "")
    table = pa.Table.from_pandas(bunch.data, preserve_index=False)
    # A set may have several default targets, separated by commas: then one has to be chosen.
    known = default if default in table.column_names else ""
    data = to_dataset(table, source=name, target=target or known, groups=groups, drop=drop)
    version = details["version"]
    facts = measured(
        data,
        name=name,
        title=f"{details['name']} (version {version})",
        licence=details.get("licence") or "not stated",
        reference=bunch.url,
        fingerprint=f"OpenML {number}, version {version}",
    )
    return facts, data


def _fetch(name: str, number: int) -> Any:
    from sklearn.datasets import fetch_openml, get_data_home

    try:
        with warnings.catch_warnings():
            # Said once, as an error, when all attempts have failed.
            warnings.filterwarnings("ignore", "A network error occurred", UserWarning)
            # Without a target of its own choice, so that any column can be one.
            return fetch_openml(
                data_id=number, target_column=None, as_frame=True, parser="liac-arff"
            )
    except OSError as error:
        raise ValueError(
            f"{name} must be in scikit-learn's data home or be downloaded, it is not in "
            f"{get_data_home()} and OpenML could not be reached ({error}); connect to the network "
            "once"
        ) from error
    # The parser and malformed answers raise whatever they meet.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{name} must be a dense table that scikit-learn can read, it is not: {reason}; "
            "choose another number"
        ) from error

"""Code that cuts the rows as `problems._splits.Splitter` does, with scikit-learn alone."""

from __future__ import annotations

import numpy as np

from problems._source import Code, call_lines
from problems._splits import TEST_SHARE, Splitter

_SELECTION = "sklearn.model_selection"

_STRATIFIED_GROUPS = '''\
def stratified_groups(parts, y, groups, seed):
    """Return parts of whole groups that keep the shares of the classes."""
    cut = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    return list(cut.split(y, y, groups))
'''


def split_code(
    splitter: Splitter, *, rows: int, groups: bool, seed: int, inner: int | None = None
) -> Code:
    """Return the function `split(y)`, or `split(y, groups)`, that gives train, test and folds.

    Args:
        splitter: how the rows are cut.
        rows: how many there are.
        groups: whether rows belong together.
        seed: of the repetition.
        inner: the seed of the inner parts where it is not that of the repetition.
    """
    outer_seed, inner_seed = np.random.SeedSequence(seed).generate_state(2).tolist()
    seed = inner_seed if inner is None else inner
    code = Code(imports={("numpy", "")})
    whole = groups and splitter.stratified
    if whole:
        code.lines += [*_STRATIFIED_GROUPS.splitlines(), "", ""]
        code.imports.add((_SELECTION, "StratifiedGroupKFold"))
    code.lines += [
        f"def split(y{', groups' if groups else ''}):",
        '    """Return the rows to tune on, those to test on, and the inner parts."""',
        "    rows = np.arange(len(y))",
        *_outer(splitter, code, rows, outer_seed, groups=groups),
    ]
    if whole:
        code.lines += _stratified(splitter, seed)
    elif groups:
        code.lines += _grouped(splitter, code, seed)
    else:
        code.lines += _plain(splitter, code, seed)
    code.lines += ["    return train, test, [(train[fit], train[part]) for fit, part in parts]"]
    return code


def _outer(splitter: Splitter, code: Code, rows: int, seed: int, *, groups: bool) -> list[str]:
    if splitter.kind == "time-series":
        tuned = len(splitter.outer(np.zeros(rows), None, 0)[0])
        return [f"    train, test = rows[:{tuned}], rows[{tuned}:]"]
    if groups and splitter.stratified:
        return [
            f"    quarters = stratified_groups(4, y, groups, {seed})",
            f"    train, test = quarters[{seed % 4}]",
        ]
    if groups:
        code.imports.add((_SELECTION, "GroupShuffleSplit"))
        return [
            f"    quarter = GroupShuffleSplit(1, test_size={TEST_SHARE}, random_state={seed})",
            "    train, test = next(quarter.split(rows, groups=groups))",
        ]
    code.imports.add((_SELECTION, "train_test_split"))
    stratify = ["stratify=y"] if splitter.stratified else []
    arguments = ["rows", f"test_size={TEST_SHARE}", *stratify, f"random_state={seed}"]
    return call_lines("train, test = ", "train_test_split", arguments)


def _plain(splitter: Splitter, code: Code, seed: int) -> list[str]:
    folds, repeats, state = splitter.folds, splitter.repeats, f"random_state={seed}"
    if splitter.kind == "time-series":
        name, arguments = "TimeSeriesSplit", [f"{folds}"]
    elif splitter.kind == "hold-out":
        name = "StratifiedShuffleSplit" if splitter.stratify else "ShuffleSplit"
        arguments = [f"{repeats}", "test_size=size", state]
    else:
        name = "RepeatedStratifiedKFold" if splitter.stratified else "RepeatedKFold"
        arguments = [f"n_splits={folds}", f"n_repeats={repeats}", state]
    code.imports.add((_SELECTION, name))
    size = [f"    size = -(-len(train) // {folds})"] if splitter.kind == "hold-out" else []
    cut = call_lines("cut = ", name, arguments)
    return [*size, *cut, "    parts = cut.split(train, y[train])"]


def _grouped(splitter: Splitter, code: Code, seed: int) -> list[str]:
    if splitter.kind == "hold-out":
        return [
            f"    size = -(-len(np.unique(groups[train])) // {splitter.folds})",
            f"    cut = GroupShuffleSplit({splitter.repeats}, test_size=size, random_state={seed})",
            "    parts = cut.split(train, groups=groups[train])",
        ]
    code.imports.add((_SELECTION, "GroupKFold"))
    seeds = np.random.SeedSequence(seed).generate_state(splitter.repeats).tolist()
    return [
        "    parts = []",
        f"    for seed in {seeds}:",
        f"        cut = GroupKFold({splitter.folds}, shuffle=True, random_state=seed)",
        "        parts += cut.split(train, groups=groups[train])",
    ]


def _stratified(splitter: Splitter, seed: int) -> list[str]:
    seeds = np.random.SeedSequence(seed).generate_state(splitter.repeats).tolist()
    found = [
        "    parts = []",
        f"    for seed in {seeds}:",
        f"        cut = stratified_groups({splitter.folds}, y[train], groups[train], seed)",
    ]
    if splitter.kind == "hold-out":
        return [*found, f"        parts.append(cut[seed % {splitter.folds}])"]
    return [*found, "        parts += cut"]

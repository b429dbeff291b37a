from __future__ import annotations

import pytest

from problems._faults import Faults


def test_all_faults_are_reported_in_one_line_and_other_errors_go_through():
    faults = Faults("t.csv")
    faults.check()
    with faults:
        raise ValueError("the first")
    with pytest.raises(ValueError, match=r"^the first$"):
        faults.check()
    faults.add("the second")
    with pytest.raises(
        ValueError, match=r"^t.csv has 2 faults to be put right: \(1\) the first \(2\) the second$"
    ):
        faults.check()
    with pytest.raises(KeyError), faults:
        raise KeyError("no fault of the file")


def test_of_many_faults_the_first_are_reported():
    faults = Faults("t.csv")
    for number in range(9):
        faults.add(f"fault {number}.")
    with pytest.raises(ValueError, match=r"has 9 faults .* \(6\) fault 5. and 3 more$"):
        faults.check()

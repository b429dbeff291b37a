import pytest

from bench.inference.verdicts import verdicts
from bench.prose.samples import Sample, data_sets, observations, samples_of

SEVEN, FIVE = Sample(problems=7, datasets=7, functions=3), Sample(5, 5, 1)
EITHER = "5 to 7 data sets or functions"


@pytest.mark.parametrize(
    ("samples", "text", "number"),
    [
        ([Sample(7, 5, 0)], "5 data sets", "5 data sets"),
        ([Sample(1, 1, 0)], "1 data set", "1 data set"),
        ([SEVEN], "4 data sets and 3 functions", "4 data sets and 3 functions"),
        ([Sample(2, 2, 1)], "1 data set and 1 function", "1 data set and 1 function"),
        ([SEVEN, SEVEN], "4 data sets and 3 functions", "4 data sets and 3 functions"),
        ([SEVEN, FIVE], EITHER, EITHER),
        # As many observations, but not of the same kinds.
        ([SEVEN, Sample(7, 7, 2)], "7 data sets or functions", "7 data sets or functions"),
        ([SEVEN, Sample(5, 5, 0)], EITHER, EITHER),
        ([FIVE, Sample(7, 7, 7)], EITHER, EITHER),
        ([Sample(5, 5, 0), Sample(7, 7, 0)], "5 to 7 data sets", "5 to 7 data sets"),
        ([Sample(3, 3, 3)], "", "3 problems"),
        ([Sample(1, 1, 1)], "", "1 problem"),
        ([Sample(3, 3, 3), Sample(2, 2, 2)], "", "2 to 3 problems"),
        # Four problems on two functions are two observations, and not two problems.
        ([Sample(4, 2, 2)], "", "2 functions"),
    ],
)
def test_a_function_is_no_data_set(samples, text, number):
    assert data_sets(samples) == text
    assert observations(samples) == number


def test_the_samples_of_pairs_are_those_of_the_verdicts(make_panels):
    values = [0.1, 0.2, 0.3]
    cells = {name: {"a": values, "b": values, "c": values} for name in "pqr"}
    del cells["r"]["c"]
    table = verdicts(make_panels(cells, datasets={"p": "f", "q": "f"}, functions="pq"))
    pairs = list(zip(table["a"], table["b"], strict=True))
    assert dict(zip(pairs, samples_of(table), strict=True)) == {
        ("a", "b"): Sample(3, 2, 1), ("a", "c"): Sample(2, 1, 1), ("b", "c"): Sample(2, 1, 1),
    }  # fmt: skip

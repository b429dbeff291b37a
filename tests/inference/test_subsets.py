import numpy as np

from bench.inference.subsets import subsets


def test_subsets_have_their_size_and_every_member_equally_often():
    found = subsets(10, 5, 2000)
    assert set(found.sum(axis=1)) == {5}
    # The standard error of a share of 2000 is 0.011.
    np.testing.assert_allclose(found.mean(axis=0), 0.5, atol=0.06)


def test_the_same_question_has_the_same_subsets():
    assert (subsets(12, 6, 20) == subsets(12, 6, 20)).all()
    assert (subsets(12, 6, 20) != subsets(12, 6, 40)[20:]).any()

import pandas as pd
import pytest

from bench.prose import escaping


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a*b* _c_", r"a\*b\* \_c\_"),
        ("`code` ~~gone~~", r"\`code\` \~\~gone\~\~"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("![x](data:y)", r"\!\[x\](data:y)"),
        ("<javascript:alert(1)>", "&lt;javascript:alert(1)>"),
        ("http://evil", "http&#58;//evil"),
        ("WWW.evil.org", "WWW&#46;evil.org"),
        ("a@b.org", "a&#64;b.org"),
        ("# a | b\\", r"\# a \| b" + "\\\\"),
        ("a\n\n# b\r\n    c", r"a \# b c"),
        ("&lt; & < 0.001", "&amp;lt; & < 0.001"),
        ("p <0.001, a<b, </b>, <!-- x -->", r"p <0.001, a&lt;b, &lt;/b>, &lt;\!-- x -->"),
        ("<?php &#60;b>", r"&lt;?php &amp;\#60;b>"),
        ("−0.25 (12 %), 3.1", "−0.25 (12 %), 3.1"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text, shown):
    assert escaping.markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b *c*", "`a_b *c*`"),
        ("`a", "`` `a ``"),
        ("a ``b`", "``` a ``b` ```"),
        ("a\n<b>", "`a <b>`"),
    ],
)
def test_code_shows_a_text_as_it_is(text, shown):
    assert escaping.code(text) == shown


def test_a_spreadsheet_computes_nothing():
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
    frame = pd.DataFrame({"strategy": [*evil, "a=b", "", None], "=x": range(10)})
    frame["kind"] = pd.Categorical(frame["strategy"])
    frame["mean"] = -0.5
    safe = escaping.for_spreadsheets(frame)
    for name in ("strategy", "kind"):
        assert safe[name].tolist()[:9] == [*(f"'{text}" for text in evil), "a=b", ""]
        assert safe[name].isna().tolist() == [False] * 9 + [True]
    assert list(safe) == ["strategy", "'=x", "kind", "mean"]
    assert safe["mean"].tolist() == [-0.5] * 10
    assert frame["strategy"].tolist()[0] == "=1+1"

"""The comparison that test_docs.py trusts, by examples."""

import pytest

from support.console import commands, output_fits

FRAME = 'data: {"choices":[{"text":"%s","finish_reason":%s}]}'


@pytest.mark.parametrize(
    ("shown", "got", "same"),
    [
        ([], [], True),
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], [], False),
        ([], ["a"], False),
        (["a", "b"], ["a"], False),
        (["a", "b"], ["b", "a"], False),
        (["took 12.5 ms"], ["took 3 ms"], True),
        (["Date: Sat, 21 Nov 2026"], ["Date: Mon, 1 Jan 2029"], True),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "z"], True),
        (["a", "..."], ["a"], True),
        (["start … end"], ["start of the end"], True),
        (['{"a":1,"b":"x"}'], ['{"a":2,"b":"y"}'], True),
        (['{"a":1,"b":"x"}'], ['{"a":2}'], False),
        (['{"a":1}'], ['{"a":2,"b":"y"}'], False),
        (['{"a":1}'], ['{"a":"1"}'], False),
        (['{"a":null}'], ['{"a":"1"}'], False),
        (['{"object":"list"}'], ['{"object":"model"}'], False),
        (['{"error":{"message":"no"}}'], ['{"error":{"message":"yes"}}'], False),
        ([FRAME % ("a", "null"), "data: [DONE]"], [FRAME % ("b", "null")] * 5 + ["data: [DONE]"], True),
        ([FRAME % ("a", "null")] * 3 + ["data: [DONE]"], [FRAME % ("b", '"stop"'), "data: [DONE]"], True),
        ([FRAME % ("a", "null"), "data: [DONE]"], [FRAME % ("b", "null")], False),
        ([FRAME % ("a", "null"), "data: [DONE]"], ["data: [DONE]"], False),
        (["m 0.0", "n 0.0"], ["m 0.0", "n 1.0"], True),
        (["m 0.0", "n 0.0"], ["m 0.0"], False),
    ],
)
def test_output(shown: list[str], got: list[str], same: bool) -> None:
    assert output_fits(shown, got) is same


def test_commands() -> None:
    one, two = commands(["$ curl -s \\", "> http://x", "out", "", "more", "$ true"])
    assert (one.text, one.output) == ("curl -s \\\nhttp://x", ["out", "", "more"])
    assert (two.text, two.output) == ("true", [])

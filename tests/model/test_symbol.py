"""What would silently escape the graph raises and says what to write instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.base.errors import ModelError
from sim.model import Array, variable
from tests.tiny import DIMENSIONS, graph_of, simulate


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda x, y: x if x > 0 else y, "if / and / or"),
        (lambda x, y: (x > 0) and (y > 0), "if / and / or"),
        (lambda x, y: 0 < x < 1, "if / and / or"),
        (lambda x, y: np.array([x, y]), "np.array"),
        (lambda x, y: np.sum(x), "np.sum"),
        (lambda x, y: np.add(x, y, out=np.zeros(1)), "np.add"),
        (lambda x, y: np.sin(x), "np.sin"),
        (lambda x, y: [value for value in x], "for ... in"),  # noqa: C416
        (lambda x, y: float(x), "float"),
        (lambda x, y: x[0], "x\\[...\\]"),
        (lambda x, y: len(x), "len"),
        (lambda x, y: x + "text", "neither an array nor a number"),
    ],
)
def test_forbidden_expressions_raise_with_advice(wrong: Any, text: str) -> None:
    def faulty(x: Array, y: Array) -> Any:
        return wrong(x, y)

    with pytest.raises(ModelError, match=text):
        graph_of([variable(unit="ratio")(faulty)], {"x": 1.0, "y": 2.0})


@pytest.mark.parametrize(
    "right",
    [
        lambda x, y: np.where(x > y, x, y),
        lambda x, y: np.clip(x, 0.0, y),
        lambda x, y: np.maximum(x, y) - np.minimum(x, 0.5) + abs(-x) ** 2 / y,
        lambda x, y: np.exp(x) * np.log(y) + np.sqrt(x) - np.tanh(y) + np.expm1(x) - np.log1p(y),
        lambda x, y: np.where((x >= y) | (x <= 0.0), 1.0, 2.0) if False else np.where(x <= y, 1.0, 2.0),
        lambda x, y: 2.0 - x + 3.0 * y - (1.0 / x) ** y,
    ],
)
def test_numpy_expressions_evaluate_as_numpy_does(right: Any) -> None:
    def traced(x: Array, y: Array) -> Any:
        return right(x, y)

    values = {"x": 1.7, "y": 2.3}
    found = simulate([variable(unit="ratio")(traced)], values)[2021]["traced"]
    assert float(found) == float(right(np.float64(1.7), np.float64(2.3)))


def test_dimensions_align_by_name_whatever_the_order() -> None:
    @variable(unit="ratio", dims=("region", "sector", "age"))
    def product(by_age: Array, by_region: Array, by_sector: Array) -> Array:
        return by_age * by_region - by_sector

    a, r, s = np.arange(4.0), np.array([2.0, 3.0]), np.array([1.0, 5.0, 7.0])
    dims = {"by_age": ("age",), "by_region": ("region",), "by_sector": ("sector",)}
    found = simulate([product], {"by_age": a, "by_region": r, "by_sector": s}, dims=dims)[2021]["product"]
    assert np.array_equal(found, a * r[:, None, None] - s[None, :, None])
    assert len(DIMENSIONS) == found.ndim + 1


def test_a_result_with_fewer_dimensions_is_repeated_and_one_with_more_is_a_fault() -> None:
    @variable(unit="ratio", dims=("sector",))
    def flat(x: Array) -> Array:
        return x * 2.0

    assert np.array_equal(simulate([flat], {"x": 1.0})[2021]["flat"], [2.0, 2.0, 2.0])

    @variable(unit="ratio")
    def wide(v: Array) -> Array:
        return v * 1.0

    with pytest.raises(ModelError, match="dimension sector"):
        graph_of([wide], {"v": np.ones(3)}, {}, {"v": ("sector",)})

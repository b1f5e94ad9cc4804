"""Log when a stage of the work begins, and how long it took."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def timed(function: Callable[P, T]) -> Callable[P, T]:
    """Log the start, the end and the seconds of every call of a function, under the name of its module."""
    log = logging.getLogger(function.__module__)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        started = time.monotonic()
        log.info("%s begins", function.__name__)
        try:
            return function(*args, **kwargs)
        finally:
            log.info("%s ends after %.2f s", function.__name__, time.monotonic() - started)

    return call

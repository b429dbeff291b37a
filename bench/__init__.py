"""The harness of tunebench; its face is the vocabulary contributors import."""

from bench.core import *  # noqa: F403
from bench.core import __all__  # noqa: F401

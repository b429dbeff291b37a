"""Problems of the catalog: a model on a data set, under a name of its own."""

from __future__ import annotations

from dataclasses import field, make_dataclass
from typing import Any

from problems._live import LiveProblem
from problems._metrics import SCORES


def _default(model: type[LiveProblem], name: str, value: Any) -> Any:
    """Return the field of a setting with another default, recorded or not as it was."""
    return field(default=value, metadata=model.__dataclass_fields__[name].metadata)


def on(
    model: type[LiveProblem], name: str, data: str, scoring: str, **settings: Any
) -> type[LiveProblem]:
    """Return a problem of the catalog: a model on a data set, under a name of its own.

    Args:
        model: the class of the model.
        name: what users type.
        data: as in `LiveProblem`.
        scoring: the metric's id.
        settings: other defaults than the model's.
    """
    what, _, more = (model.__doc__ or "").partition(".")
    sentence = f"{what} on {data}, by {SCORES[scoring].metric.name}."
    values = {"data": data, "scoring": scoring, **settings}
    cls = make_dataclass(
        "".join(part.capitalize() for part in name.split("-")),
        [(key, type(value), _default(model, key, value)) for key, value in values.items()],
        bases=(model,),
        namespace={"name": name, "argument": "", "__doc__": sentence + more},
    )
    # Python 3.12 and later say that it was made here.
    cls.__module__ = model.__module__
    return cls

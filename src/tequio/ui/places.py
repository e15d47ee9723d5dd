"""Places as people read them: the name beside the code."""

from __future__ import annotations

from collections.abc import Iterable

from tequio.institutions.models import Municipality


def municipality_labels(codes: Iterable[str]) -> dict[str, str]:
    """«18017 Tepic» by code; a code that nobody knows stays alone. One query."""
    wanted = set(codes) - {""}
    names = dict(Municipality.objects.filter(code__in=wanted).values_list("code", "name"))
    return {"": ""} | {code: f"{code} {names[code]}" if code in names else code for code in wanted}

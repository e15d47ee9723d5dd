"""Sensitive steps: whoever takes one has said who they are within the last minutes, or says it again now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpResponse

from tequio.ui.web.acting import Asked

P = ParamSpec("P")
View = Callable[Concatenate[Asked, P], HttpResponse]


def confirmed(view: View[P]) -> View[P]:
    """Ask for the password or the second factor before what is posted; then it goes on by itself. Looking asks nothing."""

    @wraps(view)
    def guarded(request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and is_reauthentication_required(request, app="allauth.account"):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the checker loses that `request` may be given by place

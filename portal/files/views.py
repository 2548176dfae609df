"""Files at addresses nobody guesses, answered so that nothing in them can run in our name."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from . import serving
from .models import StoredFile
from .rules import may_read


@login_not_required
@require_safe
def file(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    return serving.answer(_readable(request, key, name), request=request)


@login_not_required
@require_safe
def small(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    return serving.answer(_readable(request, key, name), small=True)


def _readable(request: HttpRequest, key: str, name: str) -> StoredFile:
    """A wrong key, a wrong name and a file one may not read are the same nothing."""
    found = StoredFile.objects.filter(key=key, name=name).first()
    if found is None or not may_read(request.user, found):
        raise Http404
    return found

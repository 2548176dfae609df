"""The author's own door to personal data: one page, one button."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import authors
from .models import Comment


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_comment_forget(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever has the key of the comment takes the name and the e-mail back; what was said stays."""
    comment = get_object_or_404(Comment.objects.select_related("consultation"), key=key)
    if request.method == "POST":
        authors.take_back(comment=comment)
        messages.success(request, "Jméno, organizace i e-mail jsou smazané.")
        return redirect("consult:own_comment", key)
    context = {"comment": comment, "consultation": comment.consultation}
    response = render(request, "consult/own_comment_forget.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response

"""The page that shows every component in every state."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def ui(request: HttpRequest) -> HttpResponse:
    return render(request, "web/ui.html")

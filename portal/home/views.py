from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "home/landing.html")


def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "home/desk.html")

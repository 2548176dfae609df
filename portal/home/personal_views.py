"""What we hold about the person who asks, and erasing an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import people
from portal.accounts.models import Person
from portal.accounts.rules import Role, has_role, is_last_administrator, may_erase

from . import actions, privacy


class PasswordForm(forms.Form):
    """The one who asks proves once more to be the one."""

    password = forms.CharField(
        label=gettext_lazy("Vaše heslo"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.person.check_password(password):
            raise ValidationError(_("Heslo nesouhlasí. Zkuste to prosím znovu."))
        return password


@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    me = _person(request)
    context = {"person": me, "roles": people.held_by(me), "found": list(privacy.held_about(me))}
    return render(request, "home/my_data.html", context)


@never_cache
@require_safe
def my_data_json(request: HttpRequest) -> HttpResponse:
    me = _person(request)
    answer = JsonResponse(privacy.export(me), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="moje-data.json"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_me(request: HttpRequest) -> HttpResponse:
    me = _person(request)
    form = PasswordForm(me, request.POST if request.method == "POST" else None)
    last = is_last_administrator(me)
    if form.is_bound and form.is_valid() and not last:
        actions.erase(person=me, actor=me)
        logout(request)
        messages.success(request, _("Váš účet je smazaný. Děkujeme za všechno, co jste tu udělali."))
        return redirect("home:landing")
    return render(
        request,
        "home/erase.html",
        {"form": form, "person": me, "mine": True, "last": last},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """A technical administrator erases somebody who asked for it by letter or by telephone."""
    me = _person(request)
    if not has_role(me, Role.TECHNICAL):
        raise PermissionDenied
    person = get_object_or_404(Person, pk=pk, erased_at=None)
    form = PasswordForm(me, request.POST if request.method == "POST" else None)
    last = is_last_administrator(person)
    if form.is_bound and form.is_valid() and may_erase(me, person):
        actions.erase(person=person, actor=me)
        if person.pk == me.pk:
            return redirect("home:landing")
        messages.success(request, _("Účet je smazaný. V deníku po něm zůstalo, co udělal, bez jména."))
        return redirect("accounts:people")
    return render(
        request,
        "home/erase.html",
        {"form": form, "person": person, "mine": False, "last": last},
        status=422 if form.is_bound else 200,
    )


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user

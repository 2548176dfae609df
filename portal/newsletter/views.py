"""The desk of the newsletter: issues, what stands in them, how they look, sending."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csp import csp_override

from portal.jobs.models import Job
from portal.mail.views import LETTER_CSP
from portal.pages.views import done, seen_in
from portal.web.doors import FORM, READ, at_desk, of_thing

from . import actions, picking, rules
from .forms import IssueForm
from .models import Issue, Subscriber

A_PAGE = 50
MOST_PICKED = 200


def _found(pk: int) -> Issue:
    return get_object_or_404(Issue, pk=pk)


reading = of_thing("pk", _found, rules.may_read, *READ)
form = of_thing("pk", _found, rules.may_read, *FORM, writing=rules.may_edit)
deed = of_thing("pk", _found, rules.may_edit, "POST")


@at_desk(rules.may_come, *READ)
def desk_issues(request: HttpRequest) -> HttpResponse:
    context = {
        "page": Paginator(rules.readable_issues(request.user), A_PAGE).get_page(request.GET.get("strana")),
        "subscribers": Subscriber.objects.count(),
        "may_add": rules.may_add(request.user),
    }
    return render(request, "newsletter/desk_issues.html", context)


@at_desk(rules.may_add, *FORM)
def issue_add(request: HttpRequest) -> HttpResponse:
    bound = IssueForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        issue = actions.issue_save(wanted=bound.wanted(), actor=request.user)
        messages.success(request, "Zpravodaj je založený. Je v něm všechno z vybraných dnů; co nechcete, odškrtněte.")
        return redirect("newsletter:issue", issue.pk)
    return render(request, "newsletter/issue_add.html", {"form": bound}, status=422 if bound.errors else 200)


@form
def issue(request: HttpRequest, issue: Issue) -> HttpResponse:
    if request.method != "POST":
        return _page(request, issue, IssueForm(request.user, initial=IssueForm.of(issue)))
    bound = IssueForm(request.user, request.POST)
    if not bound.is_valid():
        return _page(request, issue, bound)
    try:
        return done(
            request,
            lambda: actions.issue_save(
                issue=issue, wanted=bound.wanted(), seen=seen_in(request), actor=request.user
            ),
            "Uloženo.", "newsletter:issue", issue.pk,
        )  # fmt: skip
    except actions.Stale:
        issue.refresh_from_db()
        return _page(request, issue, bound, status=409)


@deed
def items_pick(request: HttpRequest, issue: Issue) -> HttpResponse:
    def numbers(name: str) -> list[int]:
        return [int(one) for one in request.POST.getlist(name)[:MOST_PICKED] if one.isascii() and one.isdigit()]

    try:
        return done(
            request,
            lambda: actions.items_pick(
                issue=issue, articles=numbers("article"), meetings=numbers("meeting"), orders=_orders(request.POST),
                seen=seen_in(request), actor=request.user,
            ),
            "Výběr je uložený.", "newsletter:issue", issue.pk,
        )  # fmt: skip
    except actions.Stale:
        issue.refresh_from_db()
        return _page(request, issue, IssueForm(request.user, initial=IssueForm.of(issue)), status=409)


def _orders(said: QueryDict) -> dict[str, int]:
    """Numbers typed beside the items: "order-article-12" -> 3."""
    return {
        key.removeprefix("order-"): int(value)
        for key, value in said.items()
        if key.startswith("order-")
        and isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) < 4
    }


def _page(request: HttpRequest, issue: Issue, bound: IssueForm, status: int = 0) -> HttpResponse:
    picked = {(one.article_id, one.meeting_id): one.order for one in issue.items.all()}
    offered = [
        *(("article", one, picked.get((one.pk, None))) for one in picking.articles_for(issue)),
        *(("meeting", one, picked.get((None, one.pk))) for one in picking.meetings_for(issue)),
    ]
    may = rules.may_edit(request.user, issue)
    context = {
        "issue": issue,
        "form": bound,
        "stale": status == 409,
        "seen": issue.version if status == 409 or not bound.is_bound else seen_in(request),
        "may_edit": may and issue.is_draft,
        "offered": sorted(offered, key=lambda one: one[2] or 999) if issue.is_draft else [],
        "text": actions.preview(issue).text,
        "readers": len(picking.readers(issue)) if issue.is_draft else issue.letters,
        "job": Job.objects.filter(key=issue.job_key).first() if issue.state == Issue.State.SENDING else None,
    }
    return render(request, "newsletter/issue.html", context, status=status or (422 if bound.errors else 200))


@csp_override(LETTER_CSP)
@reading
def issue_html(_: HttpRequest, issue: Issue) -> HttpResponse:
    return HttpResponse(actions.preview(issue).html)


@deed
def issue_test(request: HttpRequest, issue: Issue) -> HttpResponse:
    return done(
        request, lambda: actions.test_letter(issue=issue, actor=request.user),
        "Zkušební dopis je v poště a za chvíli vám přijde.", "newsletter:issue", issue.pk,
    )  # fmt: skip


@deed
def issue_send(request: HttpRequest, issue: Issue) -> HttpResponse:
    if request.POST.get("vim") != "ano":
        messages.error(request, "Zaškrtněte, že víte, kolika lidem zpravodaj odejde.")
        return redirect("newsletter:issue", issue.pk)
    try:
        job = actions.issue_send(issue=issue, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("newsletter:issue", issue.pk)
    return redirect("jobs:progress", job.key)


@deed
def issue_remove(request: HttpRequest, issue: Issue) -> HttpResponse:
    return done(
        request, lambda: actions.issue_remove(issue=issue, actor=request.user), "Koncept je smazaný.",
        "newsletter:desk_issues",
    )  # fmt: skip

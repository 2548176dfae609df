"""The page of a job. Its address is its key: whoever has it may look, nobody can guess it."""

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .models import Job


@login_not_required
@never_cache
@require_safe
def progress(request: HttpRequest, key: str) -> HttpResponse:
    job = get_object_or_404(Job, key=key)
    # Asking in the background (job-progress) wants this page; a person who came wants what follows.
    person = request.headers.get("Sec-Fetch-Dest") != "empty"
    if person and job.state == Job.State.DONE and job.next_url and not job.result:
        return redirect(job.next_url)
    return render(request, "jobs/progress.html", {"job": job})


@login_not_required
@never_cache
@require_safe
def state(_: HttpRequest, key: str) -> HttpResponse:
    job = get_object_or_404(Job, key=key)
    return JsonResponse(
        {
            "title": job.title,
            "state": job.state,
            "percent": job.percent,
            "done": job.done,
            "total": job.total,
            "message": job.message,
            "finished": job.finished,
            "next": job.next_url,
            "result": reverse("jobs:result", args=[key]) if job.result else "",
        }
    )


@login_not_required
@never_cache
@require_safe
def result(_: HttpRequest, key: str) -> HttpResponseBase:
    job = get_object_or_404(Job, key=key)
    if job.state != Job.State.DONE or not job.result:
        raise Http404
    try:
        file = job.result.open()
    except FileNotFoundError as problem:
        raise Http404 from problem
    return FileResponse(file, as_attachment=True, filename=PurePath(job.result.name or "").name)

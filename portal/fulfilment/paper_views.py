"""A paper of a report, an action plan or a timetable: taken when it is there, ordered when it is not."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from . import papers
from .models import PaperFile

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def paper(request: HttpRequest, source: papers.Source, form: str, back: str) -> HttpResponseBase:
    """Whoever may read the source may order its papers: each is made once for the same words. `back` is the page it
    stands on."""
    there = papers.kept(source, form)
    if there is not None:
        return _file(there, papers.filename(source, form))
    if form == PaperFile.Form.XLSX:
        name = papers.filename(source, form)
        return HttpResponse(
            papers.made(source, form),
            content_type=TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
        )
    if request.method == "POST":
        actor = request.user if request.user.is_authenticated else None
        return redirect("jobs:progress", papers.order(source=source, forms=[form], back=back, actor=actor).key)
    context = {
        "title": papers.title(source),
        "form": PaperFile.Form(form).label,
        "back": back,
        "stays": papers.stays(source),
    }
    return render(request, "fulfilment/paper.html", context)


def _file(kept: PaperFile, name: str) -> HttpResponseBase:
    try:
        stored = kept.content.open("rb")
    except OSError as problem:
        raise Http404 from problem
    response = FileResponse(stored, as_attachment=True, filename=name, content_type=TYPES[kept.form])
    response["X-Content-Type-Options"] = "nosniff"
    return response

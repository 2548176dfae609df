from django.urls import path, register_converter

from . import answer_views, desk_views, report_views, restore_views, views
from .models import WHOLE, PaperFile


class Period:
    """A year, or the whole period of a plan (None)."""

    regex = rf"[0-9]{{4}}|{WHOLE}"

    def to_python(self, value: str) -> int | None:
        return None if value == WHOLE else int(value)

    def to_url(self, value: int | str | None) -> str:
        return WHOLE if value is None else str(value)


class Paper:
    """What a document can be downloaded as."""

    regex = "|".join(PaperFile.Form.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Period, "period")
register_converter(Paper, "paper")

DESK = "sprava/plany/<slug:slug>"
YEAR = f"{DESK}/akcni-plany/<int:year>"
REPORT = f"{DESK}/zpravy/<period:period>"

app_name = "fulfilment"
urlpatterns = [
    # What everybody reads.
    path("plan/<slug:slug>/akcni-plan/", views.public_years, name="public_years"),
    path("plan/<slug:slug>/akcni-plan/<int:year>/", views.public_action_plan, name="public_action_plan"),
    path("plan/<slug:slug>/harmonogram/", views.public_timetable, name="public_timetable"),
    path("plan/<slug:slug>/harmonogram/<paper:form>/", views.public_timetable_file, name="public_timetable_file"),
    path("plan/<slug:slug>/zprava/<period:period>/", views.public_report, name="public_report"),
    path("plan/<slug:slug>/zprava/<period:period>/<paper:form>/", views.public_report_file, name="public_report_file"),
    path(
        "plan/<slug:slug>/akcni-plan/<int:year>/<paper:form>/",
        views.public_action_plan_file,
        name="public_action_plan_file",
    ),
    # The link of a letter.
    path("plneni/<str:token>/", answer_views.told, name="told"),
    path("plneni/<str:token>/<int:pk>/", answer_views.told_item, name="told_item"),
    # The desk.
    path(f"{DESK}/akcni-plany/", desk_views.action_plans, name="action_plans"),
    path(f"{DESK}/akcni-plany/harmonogram/", desk_views.timetable, name="timetable"),
    path(f"{DESK}/akcni-plany/harmonogram/<paper:form>/", desk_views.timetable_file, name="timetable_file"),
    path(f"{YEAR}/", desk_views.action_plan, name="action_plan"),
    path(f"{YEAR}/<paper:form>/", desk_views.action_plan_file, name="action_plan_file"),
    path(f"{YEAR}/vybrat/", desk_views.items_add, name="items_add"),
    path(f"{YEAR}/prevzit/", desk_views.items_carry, name="items_carry"),
    path(f"{YEAR}/<int:pk>/", desk_views.item_change, name="item_change"),
    path(f"{YEAR}/<int:pk>/vyradit/", desk_views.item_remove, name="item_remove"),
    path(f"{YEAR}/<int:pk>/koho-se-zeptat/", desk_views.reporter, name="reporter"),
    path(f"{YEAR}/schvalit/", desk_views.approve, name="approve"),
    path("sprava/plany/obnovit/zprava/<int:deed>/", restore_views.report_restore, name="report_restore"),
    path("sprava/plany/obnovit/cesta-zpravy/<int:deed>/", restore_views.chain_restore, name="chain_restore"),
    path("sprava/plany/obnovit/bod-roku/<int:deed>/", restore_views.item_restore, name="item_restore"),
    path("sprava/plany/obnovit/vyrazene-z-roku/<int:deed>/", restore_views.items_return, name="items_return"),
    path("sprava/plany/obnovit/plneni/<int:deed>/", restore_views.progress_restore, name="progress_restore"),
    path(f"{REPORT}/", report_views.report, name="report"),
    path(f"{REPORT}/otevrit/", report_views.report_open, name="report_open"),
    path(f"{REPORT}/uvod/", report_views.intro, name="intro"),
    path(f"{REPORT}/krok/", report_views.step_pass, name="step_pass"),
    path(f"{REPORT}/<paper:form>/", report_views.report_file, name="report_file"),
    path(f"{REPORT}/garanti/", answer_views.collecting, name="collecting"),
    path(f"{REPORT}/garanti/<int:pk>/", answer_views.progress, name="progress"),
    path(f"{REPORT}/garanti/<int:pk>/priloha/<int:file>/odebrat/", answer_views.file_remove, name="file_remove"),
    path(f"{DESK}/cesta-zpravy/", report_views.chain, name="chain"),
    path(f"{DESK}/do-noveho-planu/", report_views.carry_over, name="carry_over"),
]

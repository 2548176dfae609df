from django.urls import URLPattern, URLResolver, path

from . import desk_views, link_views, public_views, register_views, restore_views, writing_views

DESK = "sprava/jednani/<int:pk>/zapis"
WRITING = f"{DESK}/psani"

app_name = "minutes"
urlpatterns: list[URLPattern | URLResolver] = [
    # What everybody reads.
    path("jednani/<int:pk>/zapis/", public_views.public, name="public"),
    path("jednani/<int:pk>/zapis/pdf/", public_views.public_pdf, name="public_pdf"),
    path("jednani/<int:pk>/zapis/docx/", public_views.public_docx, name="public_docx"),
    path("skupiny/<slug:slug>/zapisy/", public_views.public_group, name="public_group"),
    path("skupiny/<slug:slug>/zapisy/atom.xml", public_views.group_feed, name="group_feed"),
    path("skupiny/<slug:slug>/usneseni/", public_views.public_decisions, name="public_decisions"),
    path("zapisy/atom.xml", public_views.feed, name="feed"),
    # Links of letters.
    path("zapis/<str:token>/", link_views.read_by_link, name="read_by_link"),
    path("ukol/<str:token>/", link_views.task_by_link, name="task_by_link"),
    # The desk: one meeting.
    path("sprava/zapisy/", desk_views.all_minutes, name="all_minutes"),
    path(f"{DESK}/", desk_views.minutes, name="minutes"),
    path(f"{DESK}/zacit/", desk_views.begin, name="begin"),
    path(f"{WRITING}/", writing_views.write, name="write"),
    path(f"{WRITING}/body/", writing_views.sections, name="sections"),
    path(f"{WRITING}/novy-bod/", writing_views.section_add, name="section_add"),
    path(f"{WRITING}/hlasovani/", writing_views.votes_take, name="votes_take"),
    path(f"{WRITING}/<int:section>/", writing_views.section_save, name="section_save"),
    path(f"{WRITING}/<int:section>/smazat/", writing_views.section_remove, name="section_remove"),
    path(f"{DESK}/rozeslat/", desk_views.send, name="send"),
    path(f"{DESK}/namitka/", desk_views.objection_add, name="objection_add"),
    path(f"{DESK}/namitka/<int:objection>/", desk_views.objection_settle, name="objection_settle"),
    path(f"{DESK}/overit/", desk_views.verify, name="verify"),
    path(f"{DESK}/schvalit/", desk_views.approve, name="approve"),
    path(f"{DESK}/verejna-verze/", desk_views.public_version, name="public_version"),
    path(f"{DESK}/zverejnit/", desk_views.publish, name="publish"),
    path(f"{DESK}/stahnout-z-webu/", desk_views.withdraw, name="withdraw"),
    path(f"{DESK}/pdf/", desk_views.full_pdf, name="full_pdf"),
    path(f"{DESK}/docx/", desk_views.full_docx, name="full_docx"),
    path("sprava/zapisy/obnovit/<int:deed>/", restore_views.head_restore, name="head_restore"),
    # Registers across all meetings.
    path("sprava/ukoly/", register_views.tasks, name="tasks"),
    path("sprava/ukoly/obnovit/<int:deed>/", restore_views.task_restore, name="task_restore"),
    path("sprava/ukoly/<int:pk>/", register_views.task, name="task"),
    path("sprava/ukoly/<int:pk>/stav/", register_views.task_close, name="task_close"),
    path("sprava/usneseni/", register_views.decisions, name="decisions"),
    path("sprava/usneseni/<int:pk>/", register_views.decision, name="decision"),
    path("moje/ukoly/", register_views.own_tasks, name="own_tasks"),
]

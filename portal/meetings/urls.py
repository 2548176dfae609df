from django.urls import URLPattern, URLResolver, path

from . import agenda_views, answer_views, public_views, report_views, restore_views, views

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    # The public.
    path("jednani/", public_views.public_calendar, name="public_calendar"),
    path("jednani/mesic/", public_views.public_month, name="public_month"),
    path("jednani/kalendar.ics", public_views.feed, name="feed"),
    path("jednani/novinky.atom", public_views.atom, name="atom"),
    path("jednani/<int:pk>/", public_views.public_meeting, name="public_meeting"),
    path("skupiny/<slug:slug>/jednani/", public_views.public_group, name="public_group"),
    path("skupiny/<slug:slug>/jednani.ics", public_views.group_feed, name="group_feed"),
    # Members.
    path("jednani/odpoved/<str:token>/", answer_views.answer, name="answer"),
    path("moje/kalendar/", answer_views.my_calendar, name="my_calendar"),
    path("kalendar/<str:key>.ics", public_views.my_feed, name="my_feed"),
    # The desk.
    path("sprava/jednani/", views.meetings, name="meetings"),
    path("sprava/jednani/nove/", views.meeting_add, name="meeting_add"),
    path("sprava/jednani/rok/", views.series_add, name="series_add"),
    path("sprava/jednani/tema/napoveda/", agenda_views.subject_suggest, name="subject_suggest"),
    path("sprava/jednani/podklad/napoveda/", agenda_views.paper_suggest, name="paper_suggest"),
    path("sprava/jednani/bod/<int:pk>/", agenda_views.item_of, name="item_of"),
    path("sprava/jednani/zprava/<int:report>/", report_views.report_put, name="report_put"),
    path("sprava/jednani/obnovit/<int:deed>/", restore_views.meeting_restore, name="meeting_restore"),
    path("sprava/jednani/obnovit/bod/<int:deed>/", restore_views.item_restore, name="item_restore"),
    path("sprava/jednani/<int:pk>/", views.meeting, name="meeting"),
    path("sprava/jednani/<int:pk>/zprava/<int:report>/", report_views.report_of_meeting, name="report_of_meeting"),
    path("sprava/jednani/<int:pk>/zmenit/", views.meeting_change, name="meeting_change"),
    path("sprava/jednani/<int:pk>/svolat/", views.meeting_call, name="meeting_call"),
    path("sprava/jednani/<int:pk>/zrusit/", views.meeting_cancel, name="meeting_cancel"),
    path("sprava/jednani/<int:pk>/web/", views.meeting_show, name="meeting_show"),
    path("sprava/jednani/<int:pk>/odpoved/<int:invitee>/", views.answer_at_desk, name="answer_at_desk"),
    path("sprava/jednani/<int:pk>/program/", agenda_views.item_add, name="item_add"),
    path("sprava/jednani/<int:pk>/program/poradi/", agenda_views.item_order, name="item_order"),
    path("sprava/jednani/<int:pk>/program/<int:item>/", agenda_views.item, name="item"),
    path("sprava/jednani/<int:pk>/program/<int:item>/rozhodnout/", agenda_views.item_settle, name="item_settle"),
    path("sprava/jednani/<int:pk>/program/<int:item>/tema/", agenda_views.tie_add, name="tie_add"),
    path("sprava/jednani/<int:pk>/program/<int:item>/tema/zrusit/", agenda_views.tie_remove, name="tie_remove"),
    path("sprava/jednani/<int:pk>/program/<int:item>/podklad/", agenda_views.paper_add, name="paper_add"),
    path("sprava/jednani/<int:pk>/program/<int:item>/podklad/odebrat/", agenda_views.paper_remove, name="paper_remove"),
]

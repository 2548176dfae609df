from django.urls import path

from . import desk_views, lists_views, report_views, views

app_name = "catalogue"
urlpatterns = [
    path("sluzby/<slug:slug>/", views.service, name="service"),
    path("sluzby/<slug:slug>/snadne-cteni/", views.service_easy, name="service_easy"),
    path("sluzby/<slug:slug>/qr.svg", views.service_qr, name="service_qr"),
    path("sluzby/<slug:slug>/nesedi/", views.report, name="report"),
    path("sluzby/<slug:slug>/nesedi/diky/", views.report_thanks, name="report_thanks"),
    path("poskytovatele/", views.providers, name="providers"),
    path("poskytovatele/<slug:slug>/", views.provider, name="provider"),
    path("obce/", views.municipalities, name="municipalities"),
    path("obce/<slug:slug>/", views.municipality, name="municipality"),
    path("druhy/", views.kinds, name="kinds"),
    path("sprava/sluzby/", desk_views.services, name="desk_services"),
    path("sprava/sluzby/nova/", desk_views.service_add, name="service_add"),
    path("sprava/sluzby/<int:pk>/", desk_views.service_edit, name="service_edit"),
    path("sprava/sluzby/<int:pk>/zverejnit/", desk_views.service_publish, name="service_publish"),
    path("sprava/sluzby/<int:pk>/skryt/", desk_views.service_hide, name="service_hide"),
    path("sprava/sluzby/<int:pk>/ukoncit/", desk_views.service_end, name="service_end"),
    path("sprava/sluzby/<int:pk>/pokracuje/", desk_views.service_resume, name="service_resume"),
    path("sprava/soubory/<str:key>/<str:name>", desk_views.kept_file, name="kept_file"),
    path("sprava/hlaseni/", report_views.reports, name="desk_reports"),
    path("sprava/hlaseni/<int:pk>/", report_views.report_settle, name="report_settle"),
    path("sprava/hlaseni/<int:pk>/znovu/", report_views.report_reopen, name="report_reopen"),
    path("moje/hlaseni/", report_views.own_reports, name="own_reports"),
    path("moje/hlaseni/<int:pk>/", report_views.own_report, name="own_report"),
    path("sprava/ciselniky/", lists_views.lists, name="lists"),
    path("sprava/ciselniky/<slug:name>/", lists_views.list_items, name="list_items"),
    path("sprava/ciselniky/<slug:name>/pridat/", lists_views.list_item_add, name="list_item_add"),
    path("sprava/ciselniky/<slug:name>/<slug:key>/", lists_views.list_item_edit, name="list_item_edit"),
    path("otevrena-data/sluzby.csv", views.services_data, {"form": "csv"}, name="services_csv"),
    path("otevrena-data/sluzby.xlsx", views.services_data, {"form": "xlsx"}, name="services_xlsx"),
    path("otevrena-data/sluzby.json", views.services_data, {"form": "json"}, name="services_json"),
    path("otevrena-data/sluzby.geojson", views.services_data, {"form": "geojson"}, name="services_geojson"),
]

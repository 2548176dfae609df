from django.urls import path

from . import views

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
    path("otevrena-data/sluzby.csv", views.services_data, {"form": "csv"}, name="services_csv"),
    path("otevrena-data/sluzby.xlsx", views.services_data, {"form": "xlsx"}, name="services_xlsx"),
    path("otevrena-data/sluzby.json", views.services_data, {"form": "json"}, name="services_json"),
    path("otevrena-data/sluzby.geojson", views.services_data, {"form": "geojson"}, name="services_geojson"),
]

"""Public addresses of plans; `urls.py` takes them in."""

from django.urls import URLPattern, URLResolver, path

from . import public_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("plan/", public_views.public_plans, name="public_plans"),
    path("plan/<slug:slug>/", public_views.public_plan, name="public_plan"),
    path("plan/<slug:slug>/obce/", public_views.public_towns, name="public_towns"),
    path("plan/<slug:slug>/zmeny.atom", public_views.public_feed, name="public_feed"),
    path("plan/<slug:slug>/obrazek.svg", public_views.figure, name="figure"),
    path("plan/<slug:slug>/vlozit/", public_views.public_embed, name="public_embed"),
    path("plan/<slug:slug>/plan.json", public_views.public_json, name="public_json"),
    path("plan/<slug:slug>/opatreni/<str:code>/", public_views.public_measure, name="public_measure"),
    path("plan/<slug:slug>/opatreni/<str:code>/mista.geojson", public_views.measure_places, name="measure_places"),
    path("plan/<slug:slug>/opatreni/<str:code>/sledovat/", public_views.measure_follow, name="measure_follow"),
    path(
        "plan/<slug:slug>/opatreni/<str:code>/sledovat/<str:token>/",
        public_views.measure_following,
        name="measure_following",
    ),
    path("skupiny/<slug:slug>/opatreni/", public_views.group_measures, name="group_measures"),
    path("sluzby/<slug:slug>/opatreni/", public_views.service_measures, name="service_measures"),
]

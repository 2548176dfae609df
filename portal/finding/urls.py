from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "finding"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sluzby/", views.search, name="search"),
    path("hledani/napoveda/", views.suggest, name="suggest"),
    path("hledani/mista/", views.suggest_places, name="suggest_places"),
    path("hledani/chybi/", views.missing, name="missing"),
    path("mapa/", views.map, name="map"),
    path("mapa/mista.json", views.map_points, name="map_points"),
    path("mapa/hranice.json", views.map_borders, name="map_borders"),
    path("situace/", views.situations, name="situations"),
    path("situace/<slug:slug>/", views.situation, name="situation"),
    path("pomoc-hned/", views.crisis, name="crisis"),
    path("vyber/", views.selection_page, name="selection"),
    path("vyber/zmena/", views.selection_change, name="selection_change"),
    path("pruvodce/", views.guide, name="guide"),
]

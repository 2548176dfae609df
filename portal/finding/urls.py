from django.urls import URLPattern, URLResolver, path

from . import desk, restore_views, views

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
    path("sprava/slovnik/", desk.lay_words, name="lay_words"),
    path("sprava/slovnik/nova-slova/", desk.lay_word_add, name="lay_word_add"),
    path("sprava/slovnik/<int:pk>/", desk.lay_word_change, name="lay_word_change"),
    path("sprava/slovnik/obnovit/<int:deed>/", restore_views.lay_word_restore, name="lay_word_restore"),
    path("sprava/hledani-bez-vysledku/", desk.empty_searches, name="empty_searches"),
    path("sprava/situace/", desk.situation_list, name="situation_list"),
    path("sprava/situace/obnovit/<int:deed>/", restore_views.situation_restore, name="situation_restore"),
    path("sprava/situace/nova/", desk.situation_add, name="situation_add"),
    path("sprava/situace/<slug:slug>/", desk.situation_change, name="situation_change"),
    path("sprava/krizova-cisla/", desk.crisis_lines, name="crisis_lines"),
    path("sprava/krizova-cisla/obnovit/<int:deed>/", restore_views.crisis_line_restore, name="crisis_line_restore"),
    path("sprava/krizova-cisla/nove/", desk.crisis_line_add, name="crisis_line_add"),
    path("sprava/krizova-cisla/<slug:key>/", desk.crisis_line_change, name="crisis_line_change"),
]

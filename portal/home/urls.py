from django.urls import URLPattern, URLResolver, path

from . import personal_views, search_views, views

app_name = "home"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("hledat/", search_views.search, name="search"),
    path("kontakt/", views.contact, name="contact"),
    path("napoveda/", views.help_page, name="help"),
    path("soukromi/", views.privacy, name="privacy"),
    path("prohlaseni-o-pristupnosti/", views.accessibility, name="accessibility"),
    path("otevrena-data/", views.open_data, name="open_data"),
    path("otevrena-data/katalog.json", views.catalogue, name="catalogue"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sprava/", views.desk, name="desk"),
    path("ucet/moje-data/", personal_views.my_data, name="my_data"),
    path("ucet/moje-data.json", personal_views.my_data_json, name="my_data_json"),
    path("ucet/smazat/", personal_views.erase_me, name="erase_me"),
    path("sprava/lide/<int:pk>/smazat/", personal_views.person_erase, name="person_erase"),
]

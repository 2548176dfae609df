from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "home"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("kontakt/", views.contact, name="contact"),
    path("napoveda/", views.help_page, name="help"),
    path("soukromi/", views.privacy, name="privacy"),
    path("prohlaseni-o-pristupnosti/", views.accessibility, name="accessibility"),
    path("otevrena-data/", views.open_data, name="open_data"),
    path("otevrena-data/katalog.json", views.catalogue, name="catalogue"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sprava/", views.desk, name="desk"),
]

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "home"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("sprava/", views.desk, name="desk"),
]

from django.urls import path

from . import views

app_name = "files"
urlpatterns = [
    path("soubory/<str:key>/nahled/<str:name>", views.small, name="small"),
    path("soubory/<str:key>/<str:name>", views.file, name="file"),
]

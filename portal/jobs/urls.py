from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("ukoly/<str:key>.json", views.state, name="state"),
    path("ukoly/<str:key>/", views.progress, name="progress"),
    path("ukoly/<str:key>/soubor/", views.result, name="result"),
]

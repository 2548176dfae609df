from django.urls import path

from . import views

app_name = "freshness"
urlpatterns = [
    path("potvrzeni/<str:token>/", views.confirm, name="confirm"),
    path("potvrzeni/<str:token>/zmena/<int:pk>/", views.change, name="change"),
    path("moje/potvrzeni/", views.own_confirm, name="own_confirm"),
]

from django.urls import path

from . import views

app_name = "register"
urlpatterns = [
    path("sprava/registr/", views.runs, name="runs"),
    path("sprava/registr/nahrat/", views.upload, name="upload"),
    path("sprava/registr/stahnout/", views.fetch, name="fetch"),
    path("sprava/registr/vzor.csv", views.template, name="template"),
    path("sprava/registr/<int:pk>/", views.run, name="run"),
    path("sprava/registr/<int:pk>/potvrdit/", views.confirm, name="confirm"),
    path("sprava/registr/<int:pk>/znovu/", views.retry, name="retry"),
    path("sprava/registr/<int:pk>/zahodit/", views.drop, name="drop"),
    path("sprava/registr/<int:pk>/rozdily.csv", views.report, name="report"),
]

from django.urls import path

from . import views

app_name = "web"
urlpatterns = [path("ui/", views.ui, name="ui")]

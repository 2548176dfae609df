from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from . import views

app_name = "web"
urlpatterns = [
    path("ui/", views.ui, name="ui"),
    path("ui/mista.geojson", views.ui_places, name="ui_places"),
    path("ui/napoveda/", views.ui_suggest, name="ui_suggest"),
    path("jazyk/", login_not_required(set_language), name="set_language"),
]

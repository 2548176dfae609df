from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from . import views

app_name = "web"
urlpatterns = [
    path("ui/", views.ui, name="ui"),
    path("ui/mista.geojson", views.ui_places, name="ui_places"),
    path("ui/napoveda/", views.ui_suggest, name="ui_suggest"),
    # Whoever made somebody else's browser choose a language would have done no harm; without the token a public page
    # needs no cookie.
    path("jazyk/", csrf_exempt(login_not_required(set_language)), name="set_language"),
]

from django.urls import URLPattern, path

from . import desk_views, public_views

app_name = "suggestions"

urlpatterns: list[URLPattern] = [
    # --- for everybody
    path("podnety/", public_views.public_suggestions, name="public_suggestions"),
    path("podnety/mapa.geojson", public_views.suggestion_points, name="suggestion_points"),
    path("podnety/atom.xml", public_views.suggestions_feed, name="suggestions_feed"),
    path("podnety/podnety.xlsx", public_views.suggestions_xlsx, name="suggestions_xlsx"),
    path("podnety/stiznost/", public_views.complaint, name="complaint"),
    path("podnety/novy/", public_views.suggest, name="suggest"),
    path("podnety/novy/hotovo/", public_views.suggested, name="suggested"),
    path("podnety/sleduj/<str:key>/", public_views.own_suggestion, name="own_suggestion"),
    path("podnety/potvrzeni/<str:token>/", public_views.email_confirm, name="email_confirm"),
    path("podnety/<int:number>/", public_views.public_suggestion, name="public_suggestion"),
    # --- the desk
    path("sprava/podnety/", desk_views.desk_suggestions, name="desk_suggestions"),
    path("sprava/podnety/novy/", desk_views.suggestion_add, name="suggestion_add"),
    path("sprava/podnety/hledani/", desk_views.silent_suggestions, name="silent_suggestions"),
    path("sprava/podnety/<int:number>/", desk_views.desk_suggestion, name="desk_suggestion"),
]

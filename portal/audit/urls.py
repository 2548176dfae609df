from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sprava/denik/", views.journal, name="journal"),
    path("sprava/denik/denik.<str:form>", views.journal_table, name="journal_table"),
    path("sprava/denik/vec/<str:thing>/<str:thing_id>/", views.thing, name="thing"),
    path("sprava/denik/<int:pk>/", views.deed, name="deed"),
]

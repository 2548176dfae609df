from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "access"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dostupnost/", views.study, name="study"),
    path("dostupnost/mapa.svg", views.study_map, name="study_map"),
    path("dostupnost/studie.<str:form>", views.study_data, name="study_data"),
    path("dostupnost/bila-mista/", views.matrix, name="matrix"),
    path("dostupnost/bila-mista.xlsx", views.matrix_xlsx, name="matrix_xlsx"),
    path("sprava/referencni-hodnoty/", views.references, name="references"),
    path("sprava/referencni-hodnoty/nova/", views.reference_add, name="reference_add"),
    path("sprava/referencni-hodnoty/<int:pk>/", views.reference_edit, name="reference_edit"),
    path("sprava/referencni-hodnoty/<int:pk>/smazat/", views.reference_remove, name="reference_remove"),
]

from django.urls import path

from . import views

app_name = "tables"
urlpatterns = [
    path("sprava/tabulky/", views.index, name="index"),
    path("sprava/tabulky/nahrane/<int:pk>/", views.table_import, name="import"),
    path("sprava/tabulky/nahrane/<int:pk>/zapsat/", views.confirm, name="confirm"),
    path("sprava/tabulky/nahrane/<int:pk>/vratit/", views.undo, name="undo"),
    path("sprava/tabulky/nahrane/<int:pk>/zahodit/", views.drop, name="drop"),
    path("sprava/tabulky/nahrane/<int:pk>/pokracovat/", views.retry, name="retry"),
    path("sprava/tabulky/<slug:slug>.csv", views.export, {"form": "csv"}, name="csv"),
    path("sprava/tabulky/<slug:slug>.xlsx", views.export, {"form": "xlsx"}, name="xlsx"),
    path("sprava/tabulky/<slug:slug>/", views.grid, name="grid"),
    path("sprava/tabulky/<slug:slug>/nahrat/", views.upload, name="upload"),
    path("sprava/tabulky/<slug:slug>/radek/<int:number>/", views.row, name="row"),
]

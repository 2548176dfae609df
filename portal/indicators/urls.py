from django.urls import URLPattern, URLResolver, path

from . import public_views, restore_views, views

app_name = "indicators"
HERE = "sprava/plany/<slug:slug>/ukazatele"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sprava/ukazatele/", views.definitions, name="definitions"),
    path("sprava/ukazatele/novy/", views.definition_add, name="definition_add"),
    path("sprava/ukazatele/obnovit/<int:deed>/", restore_views.indicator_restore, name="indicator_restore"),
    path("sprava/ukazatele/obnovit-odebrany/<int:deed>/", restore_views.indicator_return, name="indicator_return"),
    path("sprava/ukazatele/obnovit-hodnotu/<int:deed>/", restore_views.actual_restore, name="actual_restore"),
    path("sprava/ukazatele/obnovit-pojem/<int:deed>/", restore_views.definition_restore, name="definition_restore"),
    path("sprava/ukazatele/<int:pk>/", views.definition, name="definition"),
    path("sprava/ukazatele/<int:pk>/upravit/", views.definition_edit, name="definition_edit"),
    path("plan/<slug:slug>/obce/cisla/", public_views.public_sums, name="public_sums"),
    path(f"{HERE}/", views.plan_indicators, name="plan_indicators"),
    path(f"{HERE}/bod/<str:code>/", views.node_indicators, name="node_indicators"),
    path(f"{HERE}/<int:pk>/", views.indicator, name="indicator"),
    path(f"{HERE}/<int:pk>/odebrat/", views.indicator_remove, name="indicator_remove"),
]

from django.urls import URLPattern, URLResolver, path

from . import check_views, cover_views, desk_views, since_views, state_views, views

app_name = "editions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("plan/<slug:slug>/verze/", views.editions, name="editions"),
    path("plan/<slug:slug>/verze/<int:older>..<int:newer>/", views.compare, name="compare"),
    path("plan/<slug:slug>/verze/<int:older>..<int:newer>/docx/", views.compare_docx, name="compare_docx"),
    path("plan/<slug:slug>/verze/<int:number>/", views.edition, name="edition"),
    path("plan/<slug:slug>/verze/<int:number>/cele/", views.whole, name="whole"),
    path("plan/<slug:slug>/verze/<int:number>/dokumenty/", views.documents, name="documents"),
    path("plan/<slug:slug>/verze/<int:number>/soubor/<int:pk>/", views.file, name="file"),
    path("plan/<slug:slug>/verze/<int:number>/bod/<path:code>/", views.node, name="node"),
    path("sprava/plany/<slug:slug>/kontrola/", check_views.plan_check, name="plan_check"),
    path("sprava/plany/<slug:slug>/kontrola/<slug:key>/vypnout/", check_views.rule_off, name="rule_off"),
    path("sprava/plany/<slug:slug>/kontrola/<slug:key>/zapnout/", check_views.rule_on, name="rule_on"),
    path("sprava/plany/<slug:slug>/stav/", state_views.plan_state, name="plan_state"),
    path("sprava/plany/<slug:slug>/vydani/", desk_views.desk, name="desk"),
    path("sprava/plany/<slug:slug>/titulni-strana/", cover_views.cover, name="cover"),
    path("sprava/plany/<slug:slug>/titulni-strana/<int:pk>/odebrat/", cover_views.logo_remove, name="logo_remove"),
    path("sprava/plany/<slug:slug>/vydani/od-pripominek/", since_views.since_consultation, name="since_consultation"),
    path("sprava/plany/<slug:slug>/vydani/nove/", desk_views.freeze, name="freeze"),
    path("sprava/plany/<slug:slug>/vydani/<int:number>/zverejnit/", desk_views.publish, name="publish"),
    path("sprava/plany/<slug:slug>/vydani/<int:number>/stahnout/", desk_views.withdraw, name="withdraw"),
]

from django.urls import URLPattern, URLResolver, path

from . import node_views, open_views, public_urls, restore_views, views

app_name = "plan"
urlpatterns: list[URLPattern | URLResolver] = [
    # The desk. Words that stand where a plan's name would are in actions.RESERVED.
    path("sprava/plany/", views.plans, name="plans"),
    path("sprava/plany/novy/", views.plan_add, name="plan_add"),
    path("sprava/plany/sluzby/napoveda/", views.service_suggest, name="service_suggest"),
    path("sprava/plany/bod/<int:pk>/", node_views.node_of, name="node_of"),
    path("sprava/plany/obnovit/<int:deed>/", restore_views.node_restore, name="node_restore"),
    path("sprava/plany/obnovit/udaje/<int:deed>/", restore_views.plan_restore, name="plan_restore"),
    path("sprava/plany/obnovit/urovne/<int:deed>/", restore_views.levels_restore, name="levels_restore"),
    path("sprava/plany/obnovit/oblasti/<int:deed>/", restore_views.areas_restore, name="areas_restore"),
    path("sprava/plany/obnovit/pole/<int:deed>/", restore_views.fields_restore, name="fields_restore"),
    path("sprava/plany/obnovit/misto/<int:deed>/", restore_views.place_restore, name="place_restore"),
    path("sprava/plany/<slug:slug>/", views.plan_tree, name="tree"),
    path("sprava/plany/<slug:slug>/poradi/", views.order, name="order"),
    path("sprava/plany/<slug:slug>/penize/", views.plan_money, name="plan_money"),
    path("sprava/plany/<slug:slug>/vyrazene/", views.removed, name="removed"),
    path("sprava/plany/<slug:slug>/udaje/", views.plan_change, name="plan_change"),
    path("sprava/plany/<slug:slug>/urovne/", views.levels, name="levels"),
    path("sprava/plany/<slug:slug>/oblasti/", views.areas, name="areas"),
    path("sprava/plany/<slug:slug>/pole/", views.fields, name="fields"),
    path("sprava/plany/<slug:slug>/pridat/", node_views.node_add, name="node_add"),
    path("sprava/plany/<slug:slug>/bod/<str:code>/", node_views.node, name="node"),
    path("sprava/plany/<slug:slug>/bod/<str:code>/presunout/", node_views.node_move, name="node_move"),
    path("sprava/plany/<slug:slug>/bod/<str:code>/vyradit/", node_views.node_remove, name="node_remove"),
    path("sprava/plany/<slug:slug>/vratit/<int:pk>/", node_views.node_return, name="node_return"),
    path("sprava/plany/<slug:slug>/otevreno/<slug:sort>/<int:pk>/", open_views.part_open, name="part_open"),
    *public_urls.urlpatterns,
]

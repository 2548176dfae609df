from django.urls import path

from . import desk_views, keys_views, restore_views, views

app_name = "upkeep"
urlpatterns = [
    path("moje/", views.mine, name="mine"),
    path("moje/sluzby/<int:pk>/", views.service_edit, name="service_edit"),
    path("moje/sluzby/<int:pk>/konec/", views.service_end, name="service_end"),
    path("moje/poskytovatel/<int:pk>/nova-sluzba/", views.service_new, name="service_new"),
    path("moje/poskytovatel/<int:pk>/", views.provider_edit, name="provider_edit"),
    path("moje/poskytovatel/<int:pk>/lide/", keys_views.people, name="people"),
    path("moje/poskytovatel/<int:pk>/lide/odebrat/", keys_views.people_remove, name="people_remove"),
    path("moje/navrhy/<int:pk>/vzit-zpet/", views.proposal_withdraw, name="proposal_withdraw"),
    path("sprava/poskytovatele/", keys_views.providers, name="providers"),
    path("sprava/poskytovatele/pozvat/", keys_views.invite_many, name="invite_many"),
    path("sprava/poskytovatele/<int:pk>/", keys_views.provider_keys, name="provider_keys"),
    path("sprava/poskytovatele/<int:pk>/postaveni/", keys_views.standing, name="standing"),
    path("sprava/poskytovatele/postaveni/obnovit/<int:deed>/", restore_views.standing_restore, name="standing_restore"),
    path("sprava/navrhy/pravidla/obnovit/<int:deed>/", restore_views.publish_rule_restore, name="publish_rule_restore"),
    path("sprava/navrhy/", desk_views.proposals, name="proposals"),
    path("sprava/navrhy/pravidla/", desk_views.publish_rules, name="publish_rules"),
    path("sprava/navrhy/<int:pk>/", desk_views.proposal, name="proposal"),
    path("sprava/navrhy/<int:pk>/oprava/", desk_views.proposal_correct, name="proposal_correct"),
]

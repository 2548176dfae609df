from django.urls import URLPattern, URLResolver, path

from . import application_views, public_views, views

app_name = "groups"
urlpatterns: list[URLPattern | URLResolver] = [
    path("skupiny/", public_views.public_groups, name="public_groups"),
    path("skupiny/<slug:slug>/", public_views.public_group, name="public_group"),
    path("skupiny/<slug:slug>/pridat-se/", public_views.join, name="join"),
    # The desk. Words that stand where a group's name would are in actions.RESERVED.
    path("sprava/skupiny/", views.groups, name="groups"),
    path("sprava/skupiny/nova/", views.group_add, name="group_add"),
    path("sprava/skupiny/prihlasky/", application_views.applications, name="applications"),
    path("sprava/skupiny/prihlasky/<int:pk>/", application_views.application, name="application"),
    path("sprava/skupiny/obnovit/<int:deed>/", views.group_restore, name="group_restore"),
    path("sprava/skupiny/clenstvi/obnovit/<int:deed>/", views.membership_restore, name="membership_restore"),
    path("sprava/skupiny/<slug:slug>/", views.group, name="group"),
    path("sprava/skupiny/<slug:slug>/udaje/", views.group_change, name="group_change"),
    path("sprava/skupiny/<slug:slug>/jednaci-rad/", views.procedure, name="procedure"),
    path("sprava/skupiny/<slug:slug>/drive/", views.former, name="former"),
    path("sprava/skupiny/<slug:slug>/clenove/pridat/", views.member_add, name="member_add"),
    path("sprava/skupiny/<slug:slug>/clenove/<int:pk>/", views.member, name="member"),
    path("sprava/skupiny/<slug:slug>/clenove/<int:pk>/konec/", views.member_end, name="member_end"),
    path("sprava/skupiny/<slug:slug>/clenove/<int:pk>/pozvat/", views.member_invite, name="member_invite"),
]

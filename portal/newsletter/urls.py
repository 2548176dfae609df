from django.urls import URLPattern, URLResolver, path

from . import public_views, restore_views, views

DESK = "sprava/zpravodaj"

app_name = "newsletter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("zpravodaj/", public_views.issues, name="issues"),
    path("zpravodaj/odber/", public_views.subscribe, name="subscribe"),
    path("zpravodaj/odber/<str:token>/", public_views.subscription, name="subscription"),
    path("zpravodaj/<slug:slug>/", public_views.public_issue, name="public_issue"),
    path(f"{DESK}/", views.desk_issues, name="desk_issues"),
    path(f"{DESK}/novy/", views.issue_add, name="issue_add"),
    path(f"{DESK}/obnovit/<int:deed>/", restore_views.issue_restore, name="issue_restore"),
    path(f"{DESK}/<int:pk>/", views.issue, name="issue"),
    path(f"{DESK}/<int:pk>/vyber/", views.items_pick, name="items_pick"),
    path(f"{DESK}/<int:pk>/nahled/", views.issue_html, name="issue_html"),
    path(f"{DESK}/<int:pk>/zkusebni/", views.issue_test, name="issue_test"),
    path(f"{DESK}/<int:pk>/odeslat/", views.issue_send, name="issue_send"),
    path(f"{DESK}/<int:pk>/smazat/", views.issue_remove, name="issue_remove"),
]

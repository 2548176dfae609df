from django.urls import path

from . import desk_views, restore_views, views

app_name = "freshness"
urlpatterns = [
    path("potvrzeni/<str:token>/", views.confirm, name="confirm"),
    path("potvrzeni/<str:token>/zmena/<int:pk>/", views.change, name="change"),
    path("moje/potvrzeni/", views.own_confirm, name="own_confirm"),
    path("moje/rozpory/", views.own_conflicts, name="own_conflicts"),
    path("moje/registr/<int:pk>/", views.dispute, name="dispute"),
    path("moje/vyhrady/<int:pk>/zpet/", views.dispute_withdraw, name="dispute_withdraw"),
    path("sprava/kvalita/", desk_views.quality, name="quality"),
    path("sprava/kvalita/prehled/", desk_views.quality_table, name="quality_table"),
    path("sprava/kvalita/vyvoj/", desk_views.quality_trend, name="quality_trend"),
    path("sprava/rozpory/", desk_views.conflicts, name="conflicts"),
    path("sprava/rozpory/<int:pk>/", desk_views.conflict, name="conflict"),
    path("sprava/rozpory/<int:pk>/znovu/", desk_views.conflict_reopen, name="conflict_reopen"),
    path("sprava/nepotvrzene/", desk_views.overdue, name="overdue"),
    path("sprava/lhuty/", desk_views.limit_list, name="limits"),
    path("sprava/lhuty/obnovit/<int:deed>/", restore_views.limit_restore, name="limit_restore"),
    path("sprava/lhuty/vaha/obnovit/<int:deed>/", restore_views.weight_restore, name="weight_restore"),
    path("sprava/lhuty/<slug:key>/", desk_views.limit_change, name="limit_change"),
    path("sprava/lhuty/vaha/<slug:key>/", desk_views.weight_change, name="weight_change"),
]

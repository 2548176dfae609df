from django.urls import URLPattern, URLResolver, path

from . import need_views, views

app_name = "chapters"
HERE = "sprava/plany/<slug:slug>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sprava/plany/obnovit/kapitola/<int:deed>/", views.chapter_restore, name="chapter_restore"),
    path("sprava/plany/obnovit/swot/<int:deed>/", need_views.swot_restore, name="swot_restore"),
    path("sprava/plany/obnovit/potreba/<int:deed>/", need_views.need_restore, name="need_restore"),
    path(f"{HERE}/kapitoly/", views.chapters, name="chapters"),
    path(f"{HERE}/kapitoly/ze-sablony/", views.chapters_begin, name="chapters_begin"),
    path(f"{HERE}/kapitoly/nova/", views.chapter_add, name="chapter_add"),
    path(f"{HERE}/kapitoly/obrazky/", views.images, name="images"),
    path(f"{HERE}/kapitoly/<int:pk>/", views.chapter_edit, name="chapter_edit"),
    path(f"{HERE}/kapitoly/<int:pk>/posunout/", views.chapter_move, name="chapter_move"),
    path(f"{HERE}/kapitoly/<int:pk>/vyradit/", views.chapter_remove, name="chapter_remove"),
    path(f"{HERE}/kapitoly/<int:pk>/vratit/", views.chapter_return, name="chapter_return"),
    path(f"{HERE}/swot/", need_views.swot, name="swot"),
    path(f"{HERE}/swot/novy/", need_views.swot_add, name="swot_add"),
    path(f"{HERE}/swot/<int:pk>/", need_views.swot_edit, name="swot_edit"),
    path(f"{HERE}/swot/<int:pk>/vyradit/", need_views.swot_remove, name="swot_remove"),
    path(f"{HERE}/potreby/", need_views.needs, name="needs"),
    path(f"{HERE}/potreby/nova/", need_views.need_add, name="need_add"),
    path(f"{HERE}/potreby/<int:pk>/", need_views.need_edit, name="need_edit"),
    path(f"{HERE}/potreby/<int:pk>/vyradit/", need_views.need_remove, name="need_remove"),
]

from django.urls import URLPattern, URLResolver, path

from . import outreach_views, public_views, views

ARTICLES, PAGES = "sprava/aktuality", "sprava/stranky"

app_name = "pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("aktuality/", public_views.articles, name="articles"),
    path("aktuality/atom.xml", public_views.articles_feed, name="articles_feed"),
    path("aktuality/koncept/<str:token>/", public_views.article_preview, name="article_preview"),
    path("aktuality/<slug:slug>/", public_views.article, name="article"),
    path("skupiny/<slug:slug>/aktuality/", public_views.group_news, name="group_news"),
    path("stranky/", public_views.public_pages, name="public_pages"),
    path("stranky/nahled/<str:token>/", public_views.page_preview, name="page_preview"),
    path("stranky/<slug:slug>/", public_views.public_page, name="public_page"),
    path("stranky/<slug:slug>/snadne-cteni/", public_views.public_page_easy, name="public_page_easy"),
    path(f"{ARTICLES}/", views.desk_articles, name="desk_articles"),
    path(f"{ARTICLES}/novy/", views.article_add, name="article_add"),
    path(f"{ARTICLES}/obnovit/<int:deed>/", views.article_restore, name="article_restore"),
    path(f"{ARTICLES}/<int:pk>/", views.desk_article, name="desk_article"),
    path(f"{ARTICLES}/<int:pk>/zverejnit/", views.article_publish, name="article_publish"),
    path(f"{ARTICLES}/<int:pk>/stahnout/", views.article_withdraw, name="article_withdraw"),
    path(f"{ARTICLES}/<int:pk>/zneplatnit-odkazy/", views.previews_end, name="previews_end"),
    path(f"{ARTICLES}/<int:pk>/vyradit/", views.article_remove, name="article_remove"),
    path(f"{ARTICLES}/<int:pk>/vratit/", views.article_return, name="article_return"),
    path(f"{ARTICLES}/<int:pk>/obrazky/", views.article_pictures, name="article_pictures"),
    path("sprava/obrazky/<int:pk>/smazat/", views.picture_remove, name="picture_remove"),
    path(f"{PAGES}/", views.desk_pages, name="desk_pages"),
    path(f"{PAGES}/nova/", views.page_add, name="page_add"),
    path(f"{PAGES}/obnovit/<int:deed>/", views.page_restore, name="page_restore"),
    path(f"{PAGES}/<int:pk>/", views.desk_page, name="desk_page"),
    path(f"{PAGES}/<int:pk>/zneplatnit-odkazy/", views.page_previews_end, name="page_previews_end"),
    path(f"{PAGES}/<int:pk>/vyradit/", views.page_remove, name="page_remove"),
    path(f"{PAGES}/<int:pk>/vratit/", views.page_return, name="page_return"),
    path(f"{PAGES}/<int:pk>/obrazky/", views.page_pictures, name="page_pictures"),
    path("sprava/komunikace/", outreach_views.communication, name="communication"),
    path("sprava/komunikace/novy/", outreach_views.communication_add, name="communication_add"),
    path("sprava/komunikace/<int:pk>/", outreach_views.communication_item, name="communication_item"),
    path("sprava/komunikace/<int:pk>/hotovo/", outreach_views.communication_done, name="communication_done"),
    path("sprava/komunikace/<int:pk>/smazat/", outreach_views.communication_remove, name="communication_remove"),
    path("sprava/tisk/", outreach_views.products, name="products"),
    path("sprava/tisk/nova/", outreach_views.product_add, name="product_add"),
    path("sprava/tisk/<int:pk>/", outreach_views.product, name="product"),
    path("sprava/tisk/<int:pk>/predani/", outreach_views.handover_add, name="handover_add"),
    path("sprava/tisk/predani/<int:pk>/hotovo/", outreach_views.handover_done, name="handover_done"),
    path("sprava/tisk/predani/<int:pk>/smazat/", outreach_views.handover_remove, name="handover_remove"),
]

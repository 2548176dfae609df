from django.urls import URLPattern, URLResolver, path

from . import public_views, views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dokumenty/", public_views.public_documents, name="public_documents"),
    path("dokumenty/novinky.atom", public_views.feed, name="feed"),
    path("dokumenty/<slug:slug>/", public_views.public_document, name="public_document"),
    path("dokumenty/<slug:slug>/<int:number>/<str:name>", public_views.file, name="file"),
    path("dokumenty/<slug:slug>/<int:number>/nahled/<str:name>", public_views.picture, name="picture"),
    path("dokumenty/<slug:slug>/<int:number>/titulky/<str:name>", public_views.captions, name="captions"),
    path("skupiny/<slug:slug>/dokumenty/", public_views.public_group, name="public_group"),
    path("sprava/dokumenty/", views.documents, name="documents"),
    path("sprava/dokumenty/novy/", views.document_add, name="document_add"),
    path("sprava/dokumenty/obnovit/<int:deed>/", views.document_restore, name="document_restore"),
    path("sprava/dokumenty/<int:pk>/", views.document, name="document"),
    path("sprava/dokumenty/<int:pk>/verze/", views.version_add, name="version_add"),
    path("sprava/dokumenty/<int:pk>/verze/<int:number>/stahnout/", views.version_remove, name="version_remove"),
    path("sprava/dokumenty/<int:pk>/verze/<int:number>/vratit/", views.version_return, name="version_return"),
    path("sprava/dokumenty/<int:pk>/stahnout/", views.document_withdraw, name="document_withdraw"),
    path("sprava/dokumenty/<int:pk>/vratit/", views.document_return, name="document_return"),
]

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "mail"
urlpatterns: list[URLPattern | URLResolver] = [
    path("odhlasit/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("sprava/dopisy/", views.letters, name="letters"),
    path("sprava/dopisy/<int:pk>/", views.letter, name="letter"),
    path("sprava/dopisy/<int:pk>/html/", views.letter_html, name="letter_html"),
    path("sprava/dopisy/<int:pk>/znovu/", views.letter_again, name="letter_again"),
    path("sprava/dopisy/<int:pk>/neposilat/", views.letter_cancel, name="letter_cancel"),
]

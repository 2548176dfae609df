from django.urls import URLPattern, URLResolver

app_name = "sitting"
urlpatterns: list[URLPattern | URLResolver] = []

from django.urls import URLPattern, URLResolver

app_name = "freshness"
urlpatterns: list[URLPattern | URLResolver] = []

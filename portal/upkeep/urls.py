from django.urls import URLPattern, URLResolver

app_name = "upkeep"
urlpatterns: list[URLPattern | URLResolver] = []

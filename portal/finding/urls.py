from django.urls import URLPattern, URLResolver

app_name = "finding"
urlpatterns: list[URLPattern | URLResolver] = []

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.home.urls")),
    path("", include("portal.finding.urls")),
    path("", include("portal.register.urls")),
    path("", include("portal.catalogue.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.jobs.urls")),
    path("", include("portal.web.urls")),
]

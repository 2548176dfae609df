from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.home.urls")),
    path("", include("portal.access.urls")),
    path("", include("portal.freshness.urls")),
    path("", include("portal.tables.urls")),
    path("", include("portal.upkeep.urls")),
    path("", include("portal.consult.urls")),
    path("", include("portal.suggestions.urls")),
    path("", include("portal.newsletter.urls")),
    path("", include("portal.pages.urls")),
    path("", include("portal.minutes.urls")),
    path("", include("portal.sitting.urls")),
    path("", include("portal.meetings.urls")),
    path("", include("portal.fulfilment.urls")),
    path("", include("portal.editions.urls")),
    path("", include("portal.chapters.urls")),
    path("", include("portal.indicators.urls")),
    path("", include("portal.plan.urls")),
    path("", include("portal.documents.urls")),
    path("", include("portal.groups.urls")),
    path("", include("portal.finding.urls")),
    path("", include("portal.register.urls")),
    path("", include("portal.catalogue.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.accounts.sign_in_urls")),
    path("", include("portal.audit.urls")),
    path("", include("portal.files.urls")),
    path("", include("portal.mail.urls")),
    path("", include("portal.jobs.urls")),
    path("", include("portal.web.urls")),
]

# Whoever may not see a thing gets the same answer as for an address that leads nowhere.
handler403 = "portal.home.views.not_found"
handler404 = "portal.home.views.not_found"
handler400 = "portal.home.views.bad_request"

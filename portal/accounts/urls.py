from allauth.account.views import logout
from django.urls import path
from django.views.decorators.http import require_POST

from . import account_views, people_views, sign_in

app_name = "accounts"
urlpatterns = [
    path("prihlaseni/", sign_in.SignIn.as_view(), name="sign_in"),
    path("odhlaseni/", require_POST(logout), name="sign_out"),
    path("ucet/", account_views.account, name="account"),
    path("ucet/zarizeni/ukoncit/", account_views.session_end, name="session_end"),
    path("ucet/zarizeni/ukoncit-ostatni/", account_views.sessions_end, name="sessions_end"),
    path("pozvanka/<str:token>/", people_views.invitation, name="invitation"),
    path("sprava/lide/", people_views.people_list, name="people"),
    path("sprava/lide/pozvat/", people_views.invite, name="invite"),
    path("sprava/lide/pozvanky/", people_views.invitations, name="invitations"),
    path("sprava/lide/pozvanky/<int:pk>/znovu/", people_views.invitation_again, name="invitation_again"),
    path("sprava/lide/pozvanky/<int:pk>/zrusit/", people_views.invitation_withdraw, name="invitation_withdraw"),
    path("sprava/lide/<int:pk>/", people_views.person, name="person"),
    path("sprava/lide/<int:pk>/role/<int:grant>/odebrat/", people_views.role_take, name="role_take"),
    path("sprava/lide/<int:pk>/vypnout/", people_views.person_off, name="person_off"),
    path("sprava/lide/<int:pk>/druhy-krok/zrusit/", people_views.second_factor_drop, name="second_factor_drop"),
    path("sprava/lide/<int:pk>/zapnout/", people_views.person_on, name="person_on"),
]

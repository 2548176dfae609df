from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from .forms import SignInForm

app_name = "accounts"
urlpatterns = [
    path(
        "prihlaseni/",
        login_not_required(
            auth.LoginView.as_view(
                template_name="accounts/sign_in.html",
                authentication_form=SignInForm,
                redirect_authenticated_user=True,
                # Django's view would call the site by its host name.
                extra_context={"site_name": settings.SITE_NAME},
            )
        ),
        name="sign_in",
    ),
    path("odhlaseni/", auth.LogoutView.as_view(), name="sign_out"),
]

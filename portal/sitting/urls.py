from django.urls import path

from . import check_in_views, letter_views, presence_views, voting_views

MEETING = "sprava/jednani/<int:pk>"
PRESENCE = f"{MEETING}/prezence"
MOTIONS = f"{MEETING}/hlasovani"
OUTSIDE = "sprava/skupiny/<slug:slug>/hlasovani"

app_name = "sitting"
urlpatterns = [
    # Behind a QR code or the link of a letter.
    path("pritomnost/<str:token>/", check_in_views.check_in, name="check_in"),
    path("pritomnost/pozvanka/<str:token>/", check_in_views.check_in_invited, name="check_in_invited"),
    path("hlasovani/<str:token>/", letter_views.ballot, name="ballot"),
    # The desk: who is there.
    path(f"{PRESENCE}/", presence_views.presence_list, name="presence_list"),
    path(f"{PRESENCE}/clen/<int:member>/", presence_views.member_mark, name="member_mark"),
    path(f"{PRESENCE}/clen/<int:member>/podrobnosti/", presence_views.member_detail, name="member_detail"),
    path(f"{PRESENCE}/ucast/<int:row>/", presence_views.row_mark, name="row_mark"),
    path(f"{PRESENCE}/ucast/<int:row>/podrobnosti/", presence_views.row_detail, name="row_detail"),
    path(f"{PRESENCE}/zacatek/", presence_views.start, name="start"),
    path(f"{PRESENCE}/konec/", presence_views.end, name="end"),
    path(f"{PRESENCE}/casy/", presence_views.times, name="times"),
    path(f"{PRESENCE}/qr/", presence_views.qr, name="qr"),
    path(f"{PRESENCE}/listina/", presence_views.sheet, name="sheet"),
    path(f"{PRESENCE}/podepsana/", presence_views.signed, name="signed"),
    path(f"{PRESENCE}/podepsana/soubor/", presence_views.signed_file, name="signed_file"),
    # Votes at the meeting.
    path(f"{MOTIONS}/", voting_views.motions, name="motions"),
    path(f"{MOTIONS}/<int:motion>/", voting_views.motion, name="motion"),
    path(f"{MOTIONS}/<int:motion>/opravit/", voting_views.motion_correct, name="motion_correct"),
    path(f"{MOTIONS}/<int:motion>/stahnout/", voting_views.motion_drop, name="motion_drop"),
    # Votes outside meetings.
    path(f"{OUTSIDE}/", letter_views.letters, name="letters"),
    path(f"{OUTSIDE}/<int:pk>/", letter_views.letter, name="letter"),
    path(f"{OUTSIDE}/<int:pk>/zrusit/", letter_views.letter_withdraw, name="letter_withdraw"),
]

from django.urls import URLPattern, path

from . import (
    annex_views,
    author_views,
    changes_views,
    desk_views,
    entry_views,
    hearing_views,
    network_views,
    public_views,
    register_views,
    restore_views,
    settle_views,
)

app_name = "consult"

urlpatterns: list[URLPattern] = [
    # --- for everybody
    path("plan/<slug:slug>/pripominky/", desk_views.plan_consultations, name="plan_consultations"),
    path("pripominky/uredni-deska.jsonld", desk_views.notice_board, name="notice_board"),
    path("pripominky/<slug:slug>/plakat.pdf", desk_views.consultation_poster, name="consultation_poster"),
    path("pripominky/", public_views.consultations, name="consultations"),
    path("pripominky/moje/<str:key>/", public_views.own_comment, name="own_comment"),
    path("pripominky/moje/<str:key>/smazat/", author_views.own_comment_forget, name="own_comment_forget"),
    path("pripominky/potvrzeni/<str:token>/", public_views.comment_confirm, name="comment_confirm"),
    path("pripominky/<slug:slug>/", public_views.consultation, name="consultation"),
    path("pripominky/<slug:slug>/nova/", public_views.comment_add, name="comment_add"),
    path("pripominky/<slug:slug>/odstavec/<int:order>/", public_views.paragraph, name="paragraph"),
    path("pripominky/<slug:slug>/<int:number>/", public_views.comment, name="comment"),
    path("pripominky/<slug:slug>/<int:number>/podpora/", public_views.comment_support, name="comment_support"),
    path("pripominky/<slug:slug>/vyporadani/", annex_views.settlement, name="settlement"),
    path("pripominky/<slug:slug>/vyporadani.pdf", annex_views.settlement_pdf, name="settlement_pdf"),
    path("pripominky/<slug:slug>/vyporadani.docx", annex_views.settlement_docx, name="settlement_docx"),
    path("pripominky/<slug:slug>/vyporadani.xlsx", annex_views.settlement_xlsx, name="settlement_xlsx"),
    path("pripominky/<slug:slug>/formular.docx", annex_views.comment_form_docx, name="comment_form_docx"),
    path("pripominky/<slug:slug>/formular.pdf", annex_views.comment_form_pdf, name="comment_form_pdf"),
    path("pripominky/<slug:slug>/zmeny/", changes_views.changes, name="changes"),
    path("pripominky/<slug:slug>/zmeny.docx", changes_views.changes_docx, name="changes_docx"),
    # --- the desk
    path("sprava/skupiny/<slug:slug>/pripominky/", register_views.group_comments, name="group_comments"),
    path("sprava/pripominky/<slug:slug>/registr/", register_views.register, name="register"),
    path("sprava/pripominky/<slug:slug>/registr/hromadne/", register_views.register_many, name="register_many"),
    path("sprava/pripominky/<slug:slug>/registr/stejne/", register_views.alike, name="alike"),
    path("sprava/pripominky/<slug:slug>/registr/<int:number>/", settle_views.settle, name="settle"),
    path(
        "sprava/pripominky/<slug:slug>/registr/<int:number>/priloha/<int:pk>/",
        settle_views.register_file,
        name="register_file",
    ),
    path(
        "sprava/pripominky/<slug:slug>/registr/<int:number>/priloha/<int:pk>/ukazat/",
        settle_views.register_file_show,
        name="register_file_show",
    ),
    path("sprava/pripominky/", desk_views.desk_consultations, name="desk_consultations"),
    path("sprava/pripominky/pridelene/", register_views.given_comments, name="given_comments"),
    path("sprava/pripominky/nove/", desk_views.consultation_add, name="consultation_add"),
    path("sprava/pripominky/obnovit/<int:deed>/", restore_views.consultation_restore, name="consultation_restore"),
    path("sprava/pripominky/obnovit/druh/<int:deed>/", restore_views.kind_restore, name="kind_restore"),
    path(
        "sprava/pripominky/obnovit/prideleni/<int:deed>/", restore_views.assignment_restore, name="assignment_restore"
    ),
    path("sprava/pripominky/<slug:slug>/", desk_views.desk_consultation, name="desk_consultation"),
    path("sprava/pripominky/<slug:slug>/upravit/", desk_views.consultation_change, name="consultation_change"),
    path("sprava/pripominky/<slug:slug>/text/", desk_views.consultation_text, name="consultation_text"),
    path("sprava/pripominky/<slug:slug>/sit/", network_views.consultation_network, name="consultation_network"),
    path("sprava/pripominky/<slug:slug>/vyhlasit/", desk_views.consultation_announce, name="consultation_announce"),
    path("sprava/pripominky/<slug:slug>/zrusit/", desk_views.consultation_cancel, name="consultation_cancel"),
    path("sprava/pripominky/<slug:slug>/uzavrit/", desk_views.consultation_close, name="consultation_close"),
    path("sprava/pripominky/<slug:slug>/zapis/", entry_views.comment_enter, name="comment_enter"),
    path("sprava/pripominky/<slug:slug>/zapis/formular/", entry_views.entry_from_form, name="entry_from_form"),
    path("sprava/pripominky/<slug:slug>/zapis/<int:number>/", entry_views.entry_correct, name="entry_correct"),
    path("sprava/pripominky/<slug:slug>/dopisy/", entry_views.tell_authors, name="tell_authors"),
    path("sprava/pripominky/<slug:slug>/projednani/", hearing_views.hearing, name="hearing"),
    path("sprava/pripominky/<slug:slug>/projednani/platno/", hearing_views.hearing_screen, name="hearing_screen"),
    path(
        "sprava/pripominky/<slug:slug>/projednani/<int:number>/souhlasi/",
        hearing_views.hearing_agreed,
        name="hearing_agreed",
    ),
]

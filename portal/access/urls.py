from django.urls import URLPattern, URLResolver, path

from . import onward_views, outlook_views, placement_views, restore_views, views
from . import scenario_views as workshop

app_name = "access"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dostupnost/", views.study, name="study"),
    path("dostupnost/mapa.svg", views.study_map, name="study_map"),
    path("dostupnost/studie.<str:form>", views.study_data, name="study_data"),
    path("dostupnost/bila-mista/", views.matrix, name="matrix"),
    path("dostupnost/bila-mista.xlsx", views.matrix_xlsx, name="matrix_xlsx"),
    path("sprava/referencni-hodnoty/", views.references, name="references"),
    path("sprava/referencni-hodnoty/nova/", views.reference_add, name="reference_add"),
    path("sprava/referencni-hodnoty/<int:pk>/", views.reference_edit, name="reference_edit"),
    path("sprava/referencni-hodnoty/<int:pk>/smazat/", views.reference_remove, name="reference_remove"),
    path("sprava/referencni-hodnoty/obnovit/<int:deed>/", restore_views.reference_restore, name="reference_restore"),
    path("dostupnost/scenare/obnovit/<int:deed>/", restore_views.scenario_restore, name="scenario_restore"),
    path(
        "dostupnost/jednotkove-naklady/obnovit/<int:deed>/", restore_views.unit_cost_restore, name="unit_cost_restore"
    ),
    path("dostupnost/scenare/", workshop.scenarios, name="scenarios"),
    path("dostupnost/scenare/novy/", workshop.scenario_add, name="scenario_add"),
    path("dostupnost/scenare/srovnani/", workshop.scenario_compare, name="scenario_compare"),
    path("dostupnost/scenare/<int:pk>/", workshop.scenario, name="scenario"),
    path("dostupnost/scenare/<int:pk>/mapa.svg", workshop.scenario_map, name="scenario_map"),
    path("dostupnost/scenare/<int:pk>/zmena/", workshop.scenario_change, name="scenario_change"),
    path("dostupnost/scenare/<int:pk>/zpet/", workshop.scenario_undo, name="scenario_undo"),
    path("dostupnost/scenare/<int:pk>/nastaveni/", workshop.scenario_save, name="scenario_save"),
    path("dostupnost/scenare/<int:pk>/komentar/", workshop.scenario_comment, name="scenario_comment"),
    path("dostupnost/scenare/<int:pk>/smazat/", workshop.scenario_remove, name="scenario_remove"),
    path("dostupnost/scenare/<int:pk>/opatreni/", onward_views.scenario_measure, name="scenario_measure"),
    path("dostupnost/scenare/<int:pk>/skupine/", onward_views.scenario_group, name="scenario_group"),
    path("dostupnost/scenare/<int:pk>/jednani/", onward_views.scenario_meeting, name="scenario_meeting"),
    path("dostupnost/scenar/<str:key>/", workshop.scenario_shared, name="scenario_shared"),
    path("dostupnost/scenar/<str:key>/komentar/", workshop.scenario_shared_comment, name="scenario_shared_comment"),
    path("dostupnost/scenar/<str:key>/mapa.svg", workshop.scenario_shared_map, name="scenario_shared_map"),
    path("dostupnost/jednotkove-naklady/", workshop.unit_costs, name="unit_costs"),
    path("dostupnost/jednotkove-naklady/novy/", workshop.unit_cost_edit, name="unit_cost_add"),
    path("dostupnost/jednotkove-naklady/<int:pk>/", workshop.unit_cost_edit, name="unit_cost"),
    path("dostupnost/jednotkove-naklady/<int:pk>/smazat/", workshop.unit_cost_remove, name="unit_cost_remove"),
    path("dostupnost/kam-s-novou-sluzbou/", placement_views.placement, name="placement"),
    path("dostupnost/kam-s-novou-sluzbou/<int:pk>/", placement_views.proposal, name="proposal"),
    path("dostupnost/kam-s-novou-sluzbou/<int:pk>/zkusit/", placement_views.proposal_try, name="proposal_try"),
    path("dostupnost/vyhled/", outlook_views.outlook, name="outlook"),
    path("dostupnost/vyhled.<str:form>", outlook_views.outlook_data, name="outlook_data"),
]

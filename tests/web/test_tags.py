"""The tags of the shared look: what they give to a reader of the page and to a screen reader."""

import json

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory


def render(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


class Wish(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="Pošleme odpověď.")
    note = forms.CharField(label="Poznámka", required=False)
    reply = forms.ChoiceField(label="Odpověď", choices=[("a", "ano"), ("n", "ne")], widget=forms.RadioSelect)
    public = forms.BooleanField(label="Zveřejnit", required=False)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0\xa0služeb"), (1, "1\xa0služba"), (4, "4\xa0služby"), (1240, "1\xa0240\xa0služeb")]
)
def test_counted_takes_the_right_plural_and_keeps_number_and_noun_together(number: int, text: str) -> None:
    assert render('{{ n|counted:"služba,služby,služeb" }}', n=number) == text


def test_phone_can_be_tapped_and_dials_without_spaces() -> None:
    html = render('{% phone "+420 493 000 111" %}')
    assert 'href="tel:+420493000111"' in html
    assert "+420 493 000 111</a>" in html


def test_unknown_icon_state_and_notice_fail_the_build_of_the_page() -> None:
    for source in ('{% icon "unicorn" %}', '{% state "half" "napůl" %}', '{% notice "loud" "A" %}{% endnotice %}'):
        with pytest.raises(TemplateSyntaxError):
            render(source)


def test_notice_escapes_its_title_and_keeps_the_level_of_the_heading() -> None:
    html = render('{% notice "info" title 3 %}<p>text</p>{% endnotice %}', title="<b>")
    assert "<h3" in html
    assert "&lt;b&gt;" in html
    assert "<p>text</p>" in html


def test_field_ties_label_hint_and_error_to_the_control() -> None:
    form = Wish({"email": "jana"})
    html = render("{% field form.email %}", form=form)
    assert '<label for="id_email">E-mail' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="email"' in html


def test_field_says_that_it_may_stay_empty_unless_asked_not_to() -> None:
    assert "nepovinné" in render("{% field form.note %}", form=Wish())
    assert "nepovinné" not in render("{% field form.note False %}", form=Wish())
    assert "nepovinné" not in render("{% field form.email %}", form=Wish())
    assert "nepovinné" not in render("{% field form.public %}", form=Wish())


def test_choices_are_a_group_with_a_name() -> None:
    html = render("{% field form.reply %}", form=Wish({}))
    assert '<fieldset aria-describedby="id_reply_error">' in html
    assert "<legend" in html
    assert html.count("<label") == 2


def test_error_summary_leads_to_every_wrong_field_and_is_silent_otherwise() -> None:
    form = Wish({"email": "jana"})
    form.is_valid()
    html = render("{% error_summary form %}", form=form)
    assert 'href="#id_email"' in html
    assert 'href="#id_reply_0"' in html
    assert render("{% error_summary form %}", form=Wish()).strip() == ""


def test_pager_keeps_the_query_and_marks_the_page() -> None:
    request = RequestFactory().get("/sluzby/", {"q": "péče & klid", "druh": ["a", "b"], "strana": "3"})
    html = render("{% pager page request %}", page=Paginator(range(100), 10).get_page(3), request=request)
    assert 'href="?q=p%C3%A9%C4%8De+%26+klid&amp;druh=a&amp;druh=b&amp;strana=4" rel="next"' in html
    assert html.count('aria-current="page"') == 1
    one = render("{% pager page request %}", page=Paginator(range(5), 10).get_page(1), request=request)
    assert one.strip() == ""


def test_sort_header_turns_the_order_round_and_starts_from_the_first_page() -> None:
    request = RequestFactory().get("/obce/", {"razeni": "obec", "strana": "4"})
    html = render('{% sort_header "Obec" "obec" request "number" %}', request=request)
    assert 'aria-sort="ascending"' in html
    assert 'href="?razeni=-obec"' in html
    other = render('{% sort_header "Lidé" "lide" request %}', request=request)
    assert "aria-sort" not in other


def test_tabs_light_the_one_whose_address_this_is() -> None:
    html = render('{% tabs "Karta" "/a/" "Opatření" "/a/b/" %}', request=RequestFactory().get("/a/b/"))
    assert '<a href="/a/">' in html
    assert '<a href="/a/b/" aria-current="page">' in html


def test_breadcrumb_is_for_people_and_for_machines() -> None:
    html = render('{% breadcrumb "Služby" "/sluzby/" name %}', name="</script>", site_url="https://lipa.example")
    assert '<li aria-current="page">&lt;/script&gt;</li>' in html
    data = json.loads(html.split('ld+json">')[1].split("</script>")[0])
    assert [item["item"] for item in data["itemListElement"]] == [
        "https://lipa.example/",
        "https://lipa.example/sluzby/",
    ]


def test_structured_data_cannot_leave_its_script() -> None:
    html = render("{% json_ld data %}", data={"name": "</script><script>alert(1)</script>"})
    assert html.count("</script>") == 1
    assert json.loads(html.split(">", 1)[1].rsplit("<", 1)[0])["name"].startswith("</script>")


def test_nav_link_is_left_out_where_the_installation_lacks_that_part() -> None:
    assert render('{% nav_link "nowhere:at_all" "Nic" %}') == ""
    here = render('{% nav_link "web:ui" "Součástky" %}', request=RequestFactory().get("/ui/"))
    assert 'aria-current="true"' in here


def test_progress_asks_again_until_the_job_is_finished() -> None:
    job = {"key": "x", "title": "Import", "state": "running", "percent": 40, "finished": False}
    running = render("{% progress job '/uloha/x/' %}", job=job)
    assert 'src="/uloha/x/"' in running
    assert 'value="40"' in running
    done = render("{% progress job '/uloha/x/' %}", job=job | {"state": "done", "finished": True})
    assert "src=" not in done.split(">")[0]


def test_qr_code_is_drawn_without_inline_style() -> None:
    svg = render('{% qr "https://lipa.example/sluzby/pece/" %}')
    assert svg.startswith("<svg")
    assert "style=" not in svg

"""Scripts and messages with the customer's words in them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import script
from rules.script import (
    Gap,
    greeting,
    merge_message,
    merge_script,
    unknown_gaps,
)

WORDS = {
    Gap.CUSTOMER: "Siti & Asep",
    Gap.UNIT: "Vario 125",
    Gap.PLATE: None,
    Gap.CALLER: "Rina <admin>",
}


@pytest.mark.parametrize(
    ("script", "merged"),
    [
        ("<p>Ibu [Nama Konsumen]</p>", "<p>Ibu <b>Siti &amp; Asep</b></p>"),
        ("Saya [Nama Petugas]", "Saya <b>Rina &lt;admin&gt;</b>"),
        ("Nopol [No. Polisi], [Cabang]", "Nopol [No. Polisi], [Cabang]"),
        ("[Unit] [Unit]", "<b>Vario 125</b> <b>Vario 125</b>"),
        ("{[Unit]}", "{<b>Vario 125</b>}"),
        ("", ""),
    ],
)
def test_script(script, merged):
    assert merge_script(script, WORDS) == merged


@pytest.mark.parametrize(
    ("template", "merged"),
    [
        ("Halo [Nama Konsumen], [Unit]!", "Halo Siti & Asep, Vario 125!"),
        ("Motor [Unit]{ nomor polisi [No. Polisi]} siap", "Motor Vario 125 siap"),
        ("Motor{ [Unit]} siap", "Motor Vario 125 siap"),
        ("Motor [No. Polisi] siap", "Motor siap"),
        ("{[Unit] sampai [Akhir Kupon]. }Terima kasih", "Terima kasih"),
        ("{tanpa isian}", "tanpa isian"),
        ("  satu\n\n dua  ", "satu\n\ndua"),
        ("", ""),
    ],
)
def test_message(template, merged):
    assert merge_message(template, WORDS) == merged


def shipped_messages():
    path = Path(script.__file__).parents[1] / "data" / "kpb_schedule_data.xml"
    fields = ElementTree.parse(path).iterfind(".//field[@name='whatsapp_template']")
    return [field.text for field in fields]


@pytest.mark.parametrize("template", shipped_messages())
def test_shipped_messages_promise_nothing_after_the_coupons_end(template):
    valid = merge_message(template, {**WORDS, Gap.COUPON_END: "15 Mei 2026"})
    ended = merge_message(template, WORDS)
    assert "gratis" not in ended
    assert "kupon" not in ended.lower()
    assert ("sudah waktunya KPB" in ended) == ("gratis" in valid)
    assert "Terima kasih" in ended


def test_words_are_not_read_as_gaps():
    words = {Gap.CUSTOMER: "[Unit] {x}", Gap.UNIT: "Vario"}
    assert merge_message("[Nama Konsumen]", words) == "[Unit] {x}"
    assert merge_script("[Nama Konsumen]", words) == "<b>[Unit] {x}</b>"


@given(st.text(), st.dictionaries(st.sampled_from(list(Gap)), st.text()))
def test_a_customer_never_brings_markup_into_the_script(name, words):
    merged = merge_script("".join(Gap), {**words, Gap.CUSTOMER: name})
    assert merged.replace("<b>", "").replace("</b>", "").count("<") == 0


@given(st.text(), st.dictionaries(st.sampled_from(list(Gap)), st.text()))
def test_any_template_merges(template, words):
    merge_message(template, words)


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (3, "Selamat malam"),
        (4, "Selamat pagi"),
        (10, "Selamat pagi"),
        (11, "Selamat siang"),
        (15, "Selamat sore"),
        (18, "Selamat malam"),
    ],
)
def test_greeting(hour, words):
    assert greeting(hour) == words


def test_unknown_gaps_are_named():
    assert unknown_gaps("[Unit] [Nama] [Nama Konsumen] [Harga]") == ["[Nama]", "[Harga]"]

"""Charts: valid, small, readable at two widths, and unmoved by what a scenario's texts contain."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import pytest

from duress.assess.record import Assessment
from duress.figures import beliefs_chart, deal_space, fan_chart, lever_cases_chart, replies_chart, to_svg
from duress.figures.best import best_replies
from duress.figures.placing import Box, place
from duress.figures.text import folded, letter, printable
from duress.figures.theme import party_colours
from duress.scenario.agenda import SETTLEMENTS

CHARTS = (replies_chart, beliefs_chart, lever_cases_chart, fan_chart, deal_space)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("make", CHARTS)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_chart_is_valid_small_and_drawn(make: Callable[..., Any], narrow: bool, answer: Assessment) -> None:
    chart = make(answer, narrow=narrow)
    spec = chart.to_dict()
    assert sum(len(rows) for rows in spec["datasets"].values()) <= 600
    assert len(chart.description) > 40
    drawing = ElementTree.fromstring(to_svg(chart))
    assert {element.tag for element in drawing.iter()} <= {
        SVG + tag for tag in ("svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clipPath")
    }
    assert not any(name.startswith("on") or "href" in name for element in drawing.iter() for name in element.attrib)
    assert float(drawing.attrib["width"]) <= (420 if narrow else 920)
    smallest = min(float(t.attrib["font-size"].removesuffix("px")) for t in drawing.iter(SVG + "text"))
    assert smallest >= 12


def test_every_reply_and_end_is_named_in_the_chart(build: Callable[..., Assessment]) -> None:
    answer = build(replies=6)
    said = " ".join(ElementTree.fromstring(to_svg(replies_chart(answer))).itertext())
    for name in [*(r.reply for r in answer.replies), *answer.outcomes]:
        assert all(word in said for word in name.split())
    assert "stakes" in said


def test_units_are_in_words(build: Callable[..., Assessment]) -> None:
    for make in (replies_chart, lever_cases_chart, fan_chart, deal_space):
        assert "stakes" in "".join(ElementTree.fromstring(to_svg(make(build()))).itertext())


def test_a_party_keeps_its_colour_whoever_is_assessed(build: Callable[..., Assessment]) -> None:
    answer = build()
    turned = dataclasses.replace(answer, party=answer.other, other=answer.party)
    assert party_colours(answer) == party_colours(turned)
    assert len(set(party_colours(answer).values())) == 2


def test_best_is_said_of_the_best_and_of_what_cannot_be_told_from_it(build: Callable[..., Assessment]) -> None:
    replies = build().replies
    assert [r.reply for r in best_replies(replies, "fragile", 0.03)] == ["refuse and raise suspended limits"]
    gap = replies[1].value["fragile"] - replies[0].value["fragile"]
    assert [r.family for r in best_replies(replies, "fragile", gap + 0.01)] == ["refuse", "refuse and raise"]
    assert best_replies(replies, "fragile", 10.0) == []


def test_gains_are_measured_from_the_best_refusal_of_each_type(build: Callable[..., Assessment]) -> None:
    answer = build()
    rows = [r for rows in replies_chart(answer).to_dict()["datasets"].values() for r in rows if "share" in r]
    gain = {(row["type"], row["name"]): row["gain"] for row in rows}
    for kind in ("fragile", "resolute"):
        refusals = [r.value[kind] for r in answer.replies if r.family in ("refuse", "refuse and raise")]
        for reply in answer.replies:
            assert gain[kind, reply.reply] == pytest.approx(reply.value[kind] - max(refusals))


def test_segments_add_up_and_follow_the_order_of_the_ends(build: Callable[..., Assessment]) -> None:
    answer = build()
    rows = [r for rows in replies_chart(answer).to_dict()["datasets"].values() for r in rows if "from" in r]
    for reply in answer.replies:
        own = [row for row in rows if row["name"] == reply.reply]
        assert [row["how"] for row in own] == list(answer.outcomes)
        assert own[-1]["to"] == pytest.approx(1)
        assert [row["to"] - row["from"] for row in own] == pytest.approx([reply.outcomes[o] for o in answer.outcomes])


def test_long_fans_are_thinned_but_keep_their_ends(build: Callable[..., Assessment]) -> None:
    answer = build()
    periods = tuple(range(500))
    long = tuple(
        dataclasses.replace(fan, periods=periods, quantiles={q: tuple(t / 500 for t in periods) for q in fan.quantiles})
        for fan in answer.fans
    )
    datasets = fan_chart(dataclasses.replace(answer, fans=long)).to_dict()["datasets"].values()
    for rows in [rows for rows in datasets if "middle" in rows[0]]:
        assert len(rows) <= 62
        assert (rows[0]["period"], rows[-1]["period"]) == (0, 499)


def test_many_terms_are_thinned_but_not_the_named_ones(build: Callable[..., Assessment]) -> None:
    answer = build()
    plain = next(t for t in answer.agenda.terms if not t.labels and not t.on_frontier)
    many = dataclasses.replace(answer.agenda, terms=answer.agenda.terms + (plain,) * 5000)
    chart = deal_space(dataclasses.replace(answer, agenda=many))
    rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows if "kind" in row]
    assert len(rows) < 300
    assert {row["label"] for row in rows} >= {"Nash, Kalai-Smorodinsky", "demand of US"}


def test_where_every_theory_settles_has_one_name(build: Callable[..., Assessment]) -> None:
    answer = build()
    first, *others = answer.agenda.terms
    settled = dataclasses.replace(first, labels=("status quo", *SETTLEMENTS))
    chart = deal_space(dataclasses.replace(answer, agenda=dataclasses.replace(answer.agenda, terms=(settled, *others))))
    rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows if "kind" in row]
    assert "status quo, every settlement" in {row["label"] for row in rows}


def test_terms_far_from_zero_fill_the_picture(build: Callable[..., Assessment]) -> None:
    answer = build()
    moved = tuple(
        dataclasses.replace(t, mean_value={p: v + 50 for p, v in t.mean_value.items()}) for t in answer.agenda.terms
    )
    away = {p: {k: v + 50 for k, v in by_type.items()} for p, by_type in answer.agenda.walk_away.items()}
    agenda = dataclasses.replace(answer.agenda, terms=moved, walk_away=away)
    said = "".join(ElementTree.fromstring(to_svg(deal_space(dataclasses.replace(answer, agenda=agenda)))).itertext())
    assert "50.5" in said or "50.50" in said


def test_nothing_to_draw_is_said(build: Callable[..., Assessment]) -> None:
    answer = build()
    with pytest.raises(ValueError, match="no quantiles"):
        fan_chart(dataclasses.replace(answer, fans=()))
    with pytest.raises(ValueError, match="no cases"):
        lever_cases_chart(dataclasses.replace(answer, lever_cases=()))


def test_ids_of_two_drawings_differ(build: Callable[..., Assessment]) -> None:
    chart = deal_space(build())
    spec = chart.copy()
    spec.layer[0].layer[0].mark.clip = True
    drawings = [to_svg(spec, name) for name in ("one", "two")]
    ids = [set(re.findall(r' id="([^"]+)"', drawing)) for drawing in drawings]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert all(f"url(#{i})" in drawing for drawing, found in zip(drawings, ids, strict=True) for i in found)


def test_folded_names_stay_apart() -> None:
    names = ["long " * 40 + "one", "long " * 40 + "two", "short"]
    labels = folded(names, 12, 3)
    assert len(set(labels.values())) == 3
    assert all(label.count("\n") <= 2 + label.endswith("(2)") for label in labels.values())


def test_printable_drops_what_a_terminal_would_obey() -> None:
    assert printable("a\x1b[31mb\x00\u202ec\nd") == "a[31mbc\nd"


def test_letters_go_on_after_z() -> None:
    assert [letter(i) for i in (0, 25, 26, 52)] == ["A", "Z", "AA", "BA"]


def test_labels_keep_off_each_other_and_inside() -> None:
    anchors = [(10.0, 10.0), (14.0, 16.0), (190.0, 95.0), (100.0, 50.0)]
    boxes = place(anchors, ["first", "second", "third", "fourth\nline"], [], 200, 100)
    for i, box in enumerate(boxes):
        assert box.outside(200, 100) == 0
        assert all(box.overlap(other) == 0 for other in boxes[i + 1 :])


def test_boxes_measure_overlap_and_nearest_point() -> None:
    assert Box(0, 0, 2, 1).overlap(Box(3, 0, 2, 1)) == pytest.approx(2)
    assert Box(0, 0, 2, 1).overlap(Box(5, 0, 2, 1)) == 0
    assert Box(0, 0, 2, 1).nearest(9, 0.5) == (2, 0.5)

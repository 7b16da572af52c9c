"""Commands that say what a plant network does and a level shows: dirt, levels."""

from __future__ import annotations

from collections import Counter

from twin.cli.lookup import print_table, show
from twin.field import LEVELS, PROFILES, Profile, exposure
from twin.field.chance import Mixture
from twin.i18n import _, language

HOUR = 3600.0


def levels(name: str | None) -> None:
    """What each level shows, hides, spoils and lets write; of a line: how many tags of a class."""
    lang = language()
    if name is not None:
        _of_line(name)
        return
    rows = []
    for row in LEVELS.values():
        rate = f"{row.period:g} s" if row.period else _("sensor's own") if row.number else ""
        writable = _("yes") if row.writable else _("no")
        rows.append(
            (str(row.number), row.title.in_language(lang), ", ".join(row.classes), rate, writable,
             row.hides.in_language(lang))
        )  # fmt: skip
    head = (_("Level"), _("Title"), _("Shows"), _("Rate"), _("Writable"), _("Hides or spoils"))
    print_table(head, rows)
    show("\n" + _("`twin levels ID` counts the tags of a line; level 0 is `twin sheet`."))


def _of_line(name: str) -> None:
    from twin.field import tag_class
    from twin.line import load

    line = load(name)
    classes = list(LEVELS[5].classes)
    rows = []
    for number in LEVELS:
        shown = exposure(line, number)
        count = Counter(tag_class(tag) for tag in shown.tags.values())
        cells = [str(count[one] or "") for one in classes]
        rows.append((str(number), str(len(shown.tags)), *cells, str(len(shown.settings))))
    head = (_("Level"), _("Tags"), *classes, _("Writable"))
    print_table(head, rows)


def dirt() -> None:
    """Every dirt profile with its figures and where they come from."""
    blocks = []
    for profile in PROFILES.values():
        head = f"{profile.id}: {profile.title.in_language(language())}"
        rows = [f"  {text}" for text in figures(profile)]
        source = _("Source: {source}").format(source=profile.source)
        blocks.append("\n".join([head, *rows, f"  {source}"]))
    show("\n\n".join(blocks))


def figures(profile: Profile) -> list[str]:
    """What a profile does, a sentence each with its figures."""
    if profile.clean:
        return [_("every value that changes, at its instant, unspoilt")]
    rows = [
        _("looks every {poll:g} s, up to {jitter:g} s late").format(
            poll=profile.poll, jitter=profile.jitter
        ),
        _("{share:.0%} of changed values begin a new timestamp").format(share=profile.split),
    ]
    link, late, stamps, chatter = profile.link, profile.late, profile.stamps, profile.chatter
    if link is not None:
        rows.append(_("connected: {law}").format(law=_law(link.up)))
        rows.append(_("outages: {law}").format(law=_law(link.down)))
        if link.kept:
            text = _("the last {kept:g} s of an outage are sent later, the rest is lost")
            rows.append(text.format(kept=link.kept))
        else:
            rows.append(_("what happens in an outage is lost"))
    if late is not None:
        text = _("{share:.2%} of records late, by Weibull({scale:g} s, {shape:g})")
        rows.append(text.format(share=late.share, scale=late.scale, shape=late.shape))
    if profile.duplicates:
        rows.append(_("{share:.2%} of records sent twice").format(share=profile.duplicates))
    if stamps.offset or stamps.ppm:
        text = _("clocks {offset:g} s off, running {ppm:g} ppm fast")
        rows.append(text.format(offset=stamps.offset, ppm=stamps.ppm))
    if stamps.jumps_every:
        text = _("a clock jump every {every:g} h, by one of {by} s")
        by = ", ".join(f"{jump:+g}" for jump in stamps.jump_by)
        rows.append(text.format(every=stamps.jumps_every / HOUR, by=by))
    if chatter is not None:
        rate = HOUR / (chatter.active.mean + chatter.quiet.mean)
        text = _("{rate:.2f} nuisance conditions a station and hour, active {law}")
        rows.append(text.format(rate=rate, law=_law(chatter.active)))
    for episode in profile.episodes:
        text = _("{kind}: one a measured tag every {every:g} h")
        rows.append(text.format(kind=episode.kind, every=episode.every / HOUR))
    return rows


def _law(law: Mixture) -> str:
    """A mixture in words: its parts by share."""
    parts = []
    for part in law.parts:
        floor = f"{part.floor:g} s + " if part.floor else ""
        parts.append(f"{part.share:.0%} {floor}LN({part.median:g} s, {part.sigma:g})")
    return " + ".join(parts)

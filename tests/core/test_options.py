"""Options describe themselves."""

from dataclasses import dataclass

from segstudio.core.options import OptionSpec, describe, option


@dataclass(frozen=True)
class Base:
    size: int = option(20, "Size", "How wide", minimum=1, maximum=50, unit="px", logarithmic=True)
    hidden: int = 3


@dataclass(frozen=True)
class Derived(Base):
    kind: str = option("round", "Kind", "Which", choices=["round", "square"])
    weight: float = option(0.5, "Weight", "How much", decimals=2)
    on: bool = option(True, "On", "Whether")


def test_fields_are_described_in_order_with_their_kinds() -> None:
    assert [(spec.name, spec.kind, spec.default) for spec in describe(Derived)] == [
        ("size", int, 20),
        ("kind", str, "round"),
        ("weight", float, 0.5),
        ("on", bool, True),
    ]


def test_what_was_said_about_an_option_arrives() -> None:
    size, kind, weight, _ = describe(Derived)
    assert size == OptionSpec(
        "size", int, 20, "Size", "How wide", 1, 50, 0, "px", (), logarithmic=True
    )
    assert kind.choices == ("round", "square")
    assert weight.decimals == 2


def test_plain_fields_stay_plain() -> None:
    assert Derived(hidden=4).hidden == 4
    assert Derived().size == 20

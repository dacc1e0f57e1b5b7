"""Which checks are wanted, and with which options: one project's choice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from segstudio.core.errors import SegStudioError
from segstudio.core.lint import in_order
from segstudio.core.lint.parts.class_sets import ClassPairs, ClassSet
from segstudio.core.lint.parts.spec import CheckSpec
from segstudio.core.options import OptionSpec, describe


@dataclass(frozen=True)
class LintRules:
    """What to check.

    Attributes
    ----------
    on_save
        Whether to check each time that labels were saved.
    off
        Names of checks that are not made.
    options
        By name of the check; what is not there has its defaults.
    """

    on_save: bool = True
    off: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)

    def checks(self) -> list[CheckSpec]:
        """The checks to make, in order."""
        return [spec for spec in in_order() if spec.name not in self.off]

    def options_of(self, spec: CheckSpec) -> Any:
        """An instance of a check's options type."""
        return self.options.get(spec.name) or spec.options()

    def with_options(self, name: str, options: Any) -> Self:
        """With other options for one check."""
        return replace(self, options={**self.options, name: options})

    def switched(self, name: str, on: bool) -> Self:
        """With one check on or off."""
        return replace(self, off=self.off - {name} if on else self.off | {name})

    def limited_to(self, ids: Collection[int]) -> Self:
        """Without what names a class that is not among these ids any more."""
        known = {name: _limited(options, ids) for name, options in self.options.items()}
        return replace(self, options=known)

    def to_json(self) -> dict[str, Any]:
        """Plain data for a project's settings."""
        checks = {
            spec.name: {"on": spec.name not in self.off, **_plain(self.options_of(spec))}
            for spec in in_order()
        }
        return {"on_save": self.on_save, "checks": checks}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The rules that :meth:`to_json` wrote; checks that it did not know have their defaults.

        Raises
        ------
        SegStudioError
            Where they hold something else.
        """
        try:
            checks = {spec: dict(kept["checks"].get(spec.name, {})) for spec in in_order()}
            return cls(
                _value(bool, kept["on_save"]),
                frozenset(spec.name for spec, own in checks.items() if not own.get("on", True)),
                {spec.name: _options(spec.options, own) for spec, own in checks.items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SegStudioError(
                "rules for checking labels",
                f"are damaged in the project file ({kept!r})",
                "Set them again.",
            ) from error


def _plain(options: Any) -> dict[str, Any]:
    values = {spec.name: getattr(options, spec.name) for spec in describe(type(options))}
    return {
        name: value.to_json() if isinstance(value, ClassSet | ClassPairs) else value
        for name, value in values.items()
    }


def _options(options_type: type, kept: Mapping[str, Any]) -> Any:
    specs = [spec for spec in describe(options_type) if spec.name in kept]
    return options_type(**{spec.name: _option(spec, kept[spec.name]) for spec in specs})


def _option(spec: OptionSpec, kept: Any) -> Any:
    if issubclass(spec.kind, ClassSet | ClassPairs):
        return spec.kind.from_json(kept)
    value = _value(spec.kind, kept)
    low, high = spec.minimum, spec.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"{spec.name} {value} is out of range")
    return value


def _value(kind: type, kept: Any) -> Any:
    if type(kept) is not kind:
        raise ValueError(f"{kept!r} is no {kind.__name__}")
    return kept


def _limited(options: Any, ids: Collection[int]) -> Any:
    named = {
        spec.name: getattr(options, spec.name).limited_to(ids)
        for spec in describe(type(options))
        if issubclass(spec.kind, ClassSet | ClassPairs)
    }
    return replace(options, **named)

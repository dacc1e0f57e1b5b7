"""Bodies of cars: their side profiles and measures."""

from dataclasses import dataclass

Profile = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Body:
    """A body in metres; profiles run (along, up) from the rear's foot over the top to the front.

    ``half`` is half the width at the belt and ``roof_half`` at the roof; a ``blind`` body has no
    windows behind the driver.
    """

    lower: Profile
    cabin: Profile
    half: float
    roof_half: float
    wheels: tuple[float, float]
    wheel: float
    blind: bool = False

    @property
    def length(self) -> float:
        return max(along for along, _ in self.lower)

    @property
    def belt(self) -> float:
        return self.cabin[0][1]

    @property
    def roof(self) -> float:
        return max(up for _, up in self.cabin)


# fmt: off
SALOON = Body(
    lower=(
        (0.12, 0.24), (0.03, 0.38), (0.0, 0.6), (0.05, 0.84), (0.16, 0.99), (0.8, 1.04),
        (3.4, 0.98), (4.0, 0.9), (4.36, 0.77), (4.52, 0.6), (4.55, 0.42), (4.44, 0.22),
    ),
    cabin=(
        (0.62, 1.03), (1.02, 1.27), (1.45, 1.43), (2.0, 1.47), (2.5, 1.43), (3.0, 1.22),
        (3.5, 0.97),
    ),
    half=0.9, roof_half=0.62, wheels=(0.88, 3.68), wheel=0.325,
)
HATCHBACK = Body(
    lower=(
        (0.1, 0.24), (0.02, 0.4), (0.0, 0.62), (0.05, 0.88), (0.12, 1.0), (2.9, 0.99),
        (3.45, 0.91), (3.78, 0.78), (3.93, 0.6), (3.95, 0.42), (3.84, 0.22),
    ),
    cabin=(
        (0.1, 1.0), (0.32, 1.28), (0.66, 1.46), (1.3, 1.51), (2.0, 1.46), (2.5, 1.24),
        (3.02, 0.98),
    ),
    half=0.87, roof_half=0.64, wheels=(0.68, 3.18), wheel=0.31,
)
OFFROADER = Body(
    lower=(
        (0.1, 0.34), (0.02, 0.5), (0.0, 0.76), (0.03, 1.02), (0.12, 1.14), (3.25, 1.11),
        (4.05, 1.04), (4.4, 0.92), (4.52, 0.7), (4.52, 0.5), (4.4, 0.3),
    ),
    cabin=(
        (0.1, 1.13), (0.28, 1.48), (0.5, 1.68), (1.2, 1.73), (2.5, 1.69), (2.95, 1.42),
        (3.38, 1.1),
    ),
    half=0.95, roof_half=0.74, wheels=(0.88, 3.64), wheel=0.38,
)
VAN = Body(
    lower=(
        (0.05, 0.32), (0.0, 0.5), (0.0, 0.9), (0.02, 1.2), (4.1, 1.18), (4.75, 1.06),
        (5.05, 0.88), (5.14, 0.62), (5.12, 0.42), (5.02, 0.26),
    ),
    cabin=(
        (0.02, 1.19), (0.06, 1.8), (0.16, 2.2), (0.8, 2.26), (3.3, 2.24), (3.75, 1.95),
        (4.5, 1.17),
    ),
    half=1.0, roof_half=0.9, wheels=(0.98, 4.15), wheel=0.35, blind=True,
)
# fmt: on
